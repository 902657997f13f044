import { BASE62, HEX, once, type ScanRule, sampleText, UPPER } from '../scan-rule.ts';
import { checksumOf, hasRightChecksum } from '../token-checksum.ts';
import { isFiller } from './placeholders.ts';

/** A token that begins with a prefix of its provider, as the provider documents it. */
function prefixed(
  id: string,
  title: string,
  prefixes: readonly string[],
  body: string,
  length: number,
  alphabet: string,
  no: readonly string[] = [],
): ScanRule {
  const start = prefixes.map((prefix) => prefix.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  return {
    id,
    title,
    keywords: prefixes,
    // Where the length isn't fixed, what goes on beyond the bound is a longer one, not another thing.
    pattern: `(?<![A-Za-z0-9_-])(?:${start})${body}${/,\d+\}$/.test(body) ? '' : '(?![A-Za-z0-9])'}`,
    before: Math.max(...prefixes.map((prefix) => prefix.length)) + 2,
    after: Math.max(300, longestOf(body)),
    accept: (secret) => !isFiller(secret),
    yes: () => prefixes.map((prefix, index) => [prefix, sampleText(length, alphabet, index + length)]),
    no: [...no, `${prefixes[0]}`, `${prefixes[0]}${'x'.repeat(length)}`, `${prefixes[0]}...`],
  };
}

/** No less than the longest text of a body whose repetitions all have an end. */
function longestOf(body: string): number {
  return [...body.matchAll(/\{(?:\d+,)?(\d+)\}/g)].reduce((sum, [, most]) => sum + Number(most), body.length);
}

/** A token with a checksum in it: one that was made up, for an example or by a mistake, is none. */
function checked(id: string, title: string, prefixes: readonly string[], body: string): ScanRule {
  const rule = prefixed(id, title, prefixes, body, 36, BASE62);
  return {
    ...rule,
    accept: (secret) => !isFiller(secret) && hasRightChecksum(secret),
    yes: () =>
      prefixes.map((prefix, index) => {
        const random = sampleText(30, BASE62, index + 36);
        return [prefix, random + checksumOf(random)];
      }),
    no: [...rule.no, `${prefixes[0]}${sampleText(36, BASE62, 1)}`],
  };
}

const W = '[A-Za-z0-9]';

/** Formats of more than one part have examples of their own. */
const EXAMPLES: Readonly<Record<string, (s: (n: number, alphabet?: string) => string) => readonly string[]>> = {
  'github-fine-grained-token': (s) => ['github_', `pat_${s(22)}_${s(59)}`],
  'sendgrid-key': (s) => ['SG', `.${s(22)}.${s(43)}`],
  'tailscale-key': (s) => ['tskey', `-auth-${s(16)}-${s(32)}`],
  'github-app-token': (s) => ['ghs', `_123456_eyJ${s(30)}.eyJ${s(90)}.${s(86)}`],
  'postman-key': (s) => ['PMAK', `-${s(24, HEX)}-${s(34, HEX)}`],
  'dynatrace-token': (s) => ['dt0c01', `.${s(24, UPPER)}.${s(64, UPPER)}`],
};

/** Formats that providers document for their own tokens. */
export const tokenRules = once((): readonly ScanRule[] =>
  [
    {
      ...prefixed('aws-access-key-id', 'AWS access key', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], '[A-Z2-7]{16}', 16, UPPER, [
        'AKIAIOSFODNN7EXAMPLE',
      ]),
    },
    checked('github-token', 'GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], `${W}{36,255}`),
    prefixed('github-fine-grained-token', 'GitHub fine-grained token', ['github_pat_'], `${W}{22}_${W}{59}`, 0, BASE62),
    prefixed(
      'gitlab-token',
      'GitLab token',
      ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-', 'glimt-', 'glft-', 'glagent-'],
      '[A-Za-z0-9_-]{20,64}',
      20,
      BASE62,
    ),
    prefixed(
      'slack-token',
      'Slack token',
      ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxe-', 'xoxs-', 'xapp-'],
      '[A-Za-z0-9-]{20,250}',
      40,
      BASE62,
    ),
    prefixed(
      'stripe-key',
      'Stripe key',
      ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
      `${W}{24,128}`,
      32,
      BASE62,
    ),
    prefixed('google-api-key', 'Google API key', ['AIza'], '[A-Za-z0-9_-]{35}', 35, BASE62),
    prefixed('google-oauth-secret', 'Google OAuth client secret', ['GOCSPX-'], '[A-Za-z0-9_-]{28}', 28, BASE62),
    prefixed('google-oauth-token', 'Google OAuth access token', ['ya29.'], '[A-Za-z0-9_-]{40,250}', 60, BASE62),
    prefixed('openai-key', 'OpenAI key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], '[A-Za-z0-9_-]{40,200}', 60, BASE62),
    prefixed(
      'anthropic-key',
      'Anthropic key',
      ['sk-ant-api03-', 'sk-ant-admin01-', 'sk-ant-oat01-', 'sk-ant-'],
      '[A-Za-z0-9_-]{32,200}',
      60,
      BASE62,
    ),
    prefixed(
      'huggingface-token',
      'Hugging Face token',
      ['hf_', 'api_org_'],
      '[A-Za-z]{34}',
      34,
      'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    ),
    prefixed('replicate-token', 'Replicate token', ['r8_'], `${W}{37}`, 37, BASE62),
    prefixed('groq-key', 'Groq key', ['gsk_'], `${W}{52}`, 52, BASE62),
    prefixed('perplexity-key', 'Perplexity key', ['pplx-'], `${W}{48}`, 48, BASE62),
    checked('npm-token', 'npm token', ['npm_'], `${W}{36}`),
    prefixed(
      'pypi-token',
      'PyPI token',
      ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
      '[A-Za-z0-9_-]{50,250}',
      90,
      BASE62,
    ),
    prefixed('rubygems-key', 'RubyGems key', ['rubygems_'], '[a-f0-9]{48}', 48, HEX),
    prefixed('crates-io-token', 'crates.io token', ['cio'], `${W}{32}`, 32, BASE62),
    prefixed('docker-hub-token', 'Docker Hub token', ['dckr_pat_', 'dckr_oat_'], '[A-Za-z0-9_-]{27,60}', 27, BASE62),
    prefixed('digitalocean-token', 'DigitalOcean token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], '[a-f0-9]{64}', 64, HEX),
    prefixed('heroku-key', 'Heroku key', ['HRKU-AA'], '[A-Za-z0-9_-]{58}', 58, BASE62),
    { ...prefixed('sendgrid-key', 'SendGrid key', ['SG.'], '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}', 0, BASE62) },
    prefixed('mailgun-key', 'Mailgun key', ['key-'], '[a-f0-9]{32}', 32, HEX),
    prefixed('twilio-key', 'Twilio key', ['SK'], '[a-f0-9]{32}', 32, HEX),
    prefixed('shopify-token', 'Shopify token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], `${W}{32,64}`, 32, HEX),
    prefixed('square-token', 'Square token', ['sq0atp-', 'sq0csp-'], '[A-Za-z0-9_-]{22,50}', 22, BASE62),
    prefixed('databricks-token', 'Databricks token', ['dapi'], '[a-f0-9]{32}(?:-[0-9])?', 32, HEX),
    prefixed(
      'new-relic-key',
      'New Relic key',
      ['NRAK-', 'NRII-', 'NRJS-'],
      '[A-Z0-9]{27}',
      27,
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
    ),
    prefixed('sentry-token', 'Sentry token', ['sntrys_', 'sntryu_'], '[A-Za-z0-9+/=_]{40,250}', 64, BASE62),
    prefixed('grafana-token', 'Grafana token', ['glc_', 'glsa_'], '[A-Za-z0-9+/=_]{32,250}', 41, BASE62),
    prefixed('vault-token', 'HashiCorp Vault token', ['hvs.', 'hvb.', 'hvr.'], '[A-Za-z0-9_-]{24,250}', 90, BASE62),
    prefixed('atlassian-token', 'Atlassian token', ['ATATT3', 'ATCTT3'], '[A-Za-z0-9_=-]{180,220}', 186, BASE62),
    prefixed('bitbucket-token', 'Bitbucket app password', ['ATBB'], `${W}{32}`, 32, BASE62),
    prefixed('linear-key', 'Linear key', ['lin_api_', 'lin_oauth_'], `${W}{40,64}`, 40, BASE62),
    prefixed('notion-token', 'Notion token', ['ntn_'], `${W}{43,50}`, 46, BASE62),
    prefixed('figma-token', 'Figma token', ['figd_', 'figu_'], '[A-Za-z0-9_-]{40,60}', 40, BASE62),
    prefixed('postman-key', 'Postman key', ['PMAK-'], '[a-f0-9]{24}-[a-f0-9]{34}', 0, HEX),
    prefixed('doppler-token', 'Doppler token', ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.'], `${W}{40,44}`, 43, BASE62),
    prefixed(
      'planetscale-token',
      'PlanetScale secret',
      ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
      '[A-Za-z0-9_.=-]{32,64}',
      43,
      BASE62,
    ),
    prefixed('supabase-key', 'Supabase key', ['sbp_', 'sb_secret_'], '[A-Za-z0-9_]{31,60}', 40, BASE62),
    prefixed(
      'onepassword-token',
      '1Password service account token',
      ['ops_eyJ'],
      '[A-Za-z0-9+/=_-]{200,250}',
      220,
      BASE62,
    ),
    prefixed(
      'age-secret-key',
      'age secret key',
      ['AGE-SECRET-KEY-1'],
      '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
      58,
      'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
    ),
    prefixed('artifactory-key', 'Artifactory key', ['AKCp'], `${W}{69}`, 69, BASE62),
    prefixed('dynatrace-token', 'Dynatrace token', ['dt0c01.', 'dt0s01.'], '[A-Z0-9]{24}\\.[A-Z0-9]{64}', 0, BASE62),
    prefixed('pubnub-secret', 'PubNub secret', ['sec-c-'], '[A-Za-z0-9+/=-]{36,70}', 48, BASE62),
    prefixed('clojars-token', 'Clojars token', ['CLOJARS_'], '[a-f0-9]{60}', 60, HEX),
    prefixed('typeform-token', 'Typeform token', ['tfp_'], '[A-Za-z0-9_-]{40,60}', 50, BASE62),
    prefixed('pulumi-token', 'Pulumi token', ['pul-'], '[a-f0-9]{40}', 40, HEX),
    prefixed('flyio-token', 'Fly.io token', ['fo1_', 'fm2_'], '[A-Za-z0-9+/=_-]{43,250}', 64, BASE62),
    prefixed(
      'tailscale-key',
      'Tailscale key',
      ['tskey-'],
      `(?:api|auth|client|scim|webhook)-${W}{10,20}-${W}{20,48}`,
      0,
      BASE62,
    ),
    prefixed('vercel-token', 'Vercel token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], `${W}{24,80}`, 24, BASE62),
    prefixed(
      'github-app-token',
      'GitHub app token',
      ['ghs_'],
      '[0-9]{1,12}_eyJ[A-Za-z0-9_-]{8,400}\\.eyJ[A-Za-z0-9_-]{8,1000}\\.[A-Za-z0-9_-]{16,700}',
      0,
      BASE62,
    ),
    prefixed('square-access-token', 'Square access token', ['EAAA'], '[A-Za-z0-9_-]{60}', 60, BASE62),
    prefixed('notion-integration-token', 'Notion integration token', ['secret_'], `${W}{43}`, 43, BASE62),
  ].map(withExamples),
);

function withExamples(rule: ScanRule): ScanRule {
  const example = EXAMPLES[rule.id];
  return example === undefined
    ? rule
    : { ...rule, yes: () => [example((n, alphabet = BASE62) => sampleText(n, alphabet, n))] };
}
