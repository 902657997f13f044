import type { SecurityPolicyConfig } from '../../model/configuration.ts';

/** One kind of secret to look for. */
export interface SecretRule {
  /** id in findings: a path of the configuration, or `builtin.secret.<name>` */
  readonly id: string;
  /** what stands in the place of a masked match: `[secret:<label>]` */
  readonly label: string;
  /** RE2 syntax */
  readonly pattern: string;
  /** as `requiredLiterals` gives them, where they are known beforehand */
  readonly literals?: readonly string[];
  /** masked wherever it shows, but no finding: too common in examples to stop anybody */
  readonly maskOnly?: true;
}

/** A password in a URL or a connection string. */
const URL_PASSWORD: SecretRule = {
  id: 'builtin.secret.url-password',
  label: 'url-password',
  literals: ['://'],
  pattern: '://[^/?#@\\s]*:[^/?#@\\s]+@',
  maskOnly: true,
};

/**
 * Token formats that providers document, in our own words; a boundary in front keeps longer words out. The literals stand
 * beside them so that a text without any costs no parsing: a test compares them with what the patterns require.
 */
const BUILTIN: readonly (readonly [name: string, literals: string, pattern: string])[] = [
  [
    'private-key',
    'private key-----|private key block-----',
    '-----BEGIN (?:[A-Z0-9]{2,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[^-]*-----END [A-Z0-9 ]{0,60}-----|[A-Za-z0-9+/=\\s]*)',
  ],
  ['aws-access-key-id', 'akia|asia', '\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b'],
  ['github-token', 'ghp_|gho_|ghu_|ghs_|ghr_', '\\bgh[pousr]_[A-Za-z0-9]{36,255}'],
  ['github-fine-grained-token', 'github_pat_', '\\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'],
  ['anthropic-key', 'sk-ant-', '\\bsk-ant-[A-Za-z0-9_-]{32,}'],
  ['openai-project-key', 'sk-proj-', '\\bsk-proj-[A-Za-z0-9_-]{40,}'],
  ['slack-token', 'xoxa-|xoxb-|xoxe-|xoxo-|xoxp-|xoxr-|xoxs-', '\\bxox[abeoprs]-[A-Za-z0-9-]{20,}'],
  ['jwt', '.eyj', '\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}'],
];

/** The rules in force: the configuration's patterns in their order, then the built-in ones. */
export function secretRules(config: SecurityPolicyConfig['secretPatterns']): SecretRule[] {
  const own = config.patterns.map((entry, index) => ({
    id: `policies.security.secret_patterns.patterns[${index}]`,
    label: `secret_patterns[${index}]`,
    pattern: entry.pattern,
  }));
  const builtin = BUILTIN.map(([name, literals, pattern]) => ({
    id: `builtin.secret.${name}`,
    label: name,
    pattern,
    literals: literals.split('|'),
  }));
  return [...own, ...builtin, URL_PASSWORD];
}
