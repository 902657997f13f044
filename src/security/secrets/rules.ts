import type { SecurityPolicyConfig } from '../../model/configuration.ts';

/** One kind of secret to look for. */
export interface SecretRule {
  /** id in findings: a path of the configuration, or `builtin.secret.<name>` */
  readonly id: string;
  /** what stands in the place of a masked match: `[secret:<label>]` */
  readonly label: string;
  /** RE2 syntax */
  readonly pattern: string;
  /** masked wherever it shows, but no finding: too common in examples to stop anybody */
  readonly maskOnly?: true;
}

/** A password in a URL or a connection string. */
const URL_PASSWORD: SecretRule = {
  id: 'builtin.secret.url-password',
  label: 'url-password',
  pattern: '://[^/?#@\\s]*:[^/?#@\\s]+@',
  maskOnly: true,
};

/** Token formats that providers document, in our own words; the boundaries keep longer words out. */
const BUILTIN: readonly (readonly [name: string, pattern: string])[] = [
  [
    'private-key',
    '-----BEGIN (?:[A-Z0-9]{2,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]*-----END [A-Z0-9 ]{0,60}-----|[A-Za-z0-9+/=\\s]*)',
  ],
  ['aws-access-key-id', '\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b'],
  ['github-token', '\\bgh[pousr]_[A-Za-z0-9]{36,255}\\b'],
  ['github-fine-grained-token', '\\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\\b'],
  ['anthropic-key', '\\bsk-ant-[A-Za-z0-9_-]{32,}'],
  ['openai-project-key', '\\bsk-proj-[A-Za-z0-9_-]{40,}'],
  ['slack-token', '\\bxox[abeoprs]-[A-Za-z0-9-]{20,}'],
  ['jwt', '\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}'],
];

/** The rules in force: the configuration's patterns in their order, then the built-in ones. */
export function secretRules(config: SecurityPolicyConfig['secretPatterns']): SecretRule[] {
  const own = config.patterns.map((entry, index) => ({
    id: `policies.security.secret_patterns.patterns[${index}]`,
    label: `secret_patterns[${index}]`,
    pattern: entry.pattern,
  }));
  const builtin = BUILTIN.map(([name, pattern]) => ({ id: `builtin.secret.${name}`, label: name, pattern }));
  return [...own, ...builtin, URL_PASSWORD];
}
