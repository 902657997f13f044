export { type AuditReportOptions, type AuditReportSource, buildAuditReport } from './build.ts';
export { type Period, type PeriodText, parsePeriod } from './period.ts';
export { renderAuditReportHtml } from './render-html.ts';
export { showPeriod } from './show.ts';
export type { AuditReport } from './types.ts';
