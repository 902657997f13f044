export { EXPORT_FORMATS, type Exported, type ExportFilter, type ExportFormat, type ExportOptions } from './types.ts';
export { verifyExport } from './verify-export-files.ts';
export { writeExport } from './write-export.ts';
