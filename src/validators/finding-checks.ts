import type { Finding } from '../model/evidence.ts';
import type { Check } from './check-input.ts';

/** No secret in target, arguments or content, as `[policies.security]` says; a warning is a remark. */
export const secretsCheck: Check = ({ evidence }) => judge(evidence.findings, ({ kind }) => kind === 'secret');

/**
 * Nothing wrong with paths, commands, hosts and input, whatever the mode. What a person should see is objected to,
 * unless `context.approved` is true; which programs may run, and how, is for the policy to say.
 */
export const pathsAndCommandsCheck: Check = ({ evidence, facts }) =>
  judge(
    evidence.findings,
    ({ kind, severity }) => kind !== 'secret' && !(severity === 'ask' && facts.approved === true),
  );

function judge(findings: readonly Finding[], isMine: (finding: Finding) => boolean) {
  const mine = findings.filter(isMine);
  const told = (wanted: boolean): string[] =>
    mine.filter(({ severity }) => (severity === 'warn') === wanted).map(({ message, rule }) => `${message} [${rule}]`);
  return { objections: told(false), remarks: told(true) };
}
