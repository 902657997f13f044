import type { GovernanceConfig } from '../model/configuration.ts';
import type { Report } from './spec.ts';

/** What `[audit.filters]` can't keep out: it says who allowed what, and what went wrong. */
const ALWAYS_RECORDED = [
  'approval_request',
  'approval_decision',
  'policy_violation',
  'security_incident',
  'attempt',
  'outcome',
];

/** Filters that can't do what their author hopes. */
export function auditFilters({ audit }: GovernanceConfig, report: Report): void {
  const { alwaysLog, neverLog, samplingRates } = audit.filters;
  const look = (path: string, name: string): void => {
    if (ALWAYS_RECORDED.includes(name)) report.warning(path, `${name} is always recorded: this has no effect`);
    else if (alwaysLog.includes(name))
      report.warning(path, `${name} is in always_log too, which wins: this has no effect`);
  };
  neverLog.forEach((name, index) => {
    look(`audit.filters.never_log[${index}]`, name);
  });
  for (const name of Object.keys(samplingRates)) {
    look(`audit.filters.sampling_rates.${name}`, name);
    if (neverLog.includes(name)) {
      report.warning(
        `audit.filters.sampling_rates.${name}`,
        `${name} is in never_log too, which wins: this has no effect`,
      );
    }
  }
}
