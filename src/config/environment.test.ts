import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type ConfigFile,
  type Environment,
  environmentOverrides,
  parseConfig,
  renderProblems,
  withOverrides,
} from './index.ts';

const files = (text: string): ConfigFile[] => [{ name: 'g', text }];
const parse = (text: string, env: Environment) => parseConfig(files(text), env);
function problems(text: string, env: Environment): string {
  const result = parse(text, env);
  return renderProblems(result.ok ? result.loaded.problems : result.problems);
}

const ENDPOINTS = `[approvals.webhooks]
[[approvals.webhooks.endpoint]]
url = "https://one.example.com/\${PART}"
[[approvals.webhooks.endpoint]]
url = "https://two.example.com/"
auth_token = "\${TOKEN}"
headers = { X = "a \${HEADER} b" }
`;
const endpoints = (env: Environment) => {
  const result = parse(ENDPOINTS, env);
  return result.ok ? result.loaded.config.approvals.webhooks.endpoint : undefined;
};

describe('${NAME}', () => {
  it('is filled in, also in the middle', () => {
    expect(endpoints({ PART: 'p', TOKEN: 't', HEADER: 'h' })).toMatchObject([
      { url: 'https://one.example.com/p' },
      { url: 'https://two.example.com/', authToken: 't', headers: { X: 'a h b' } },
    ]);
  });

  it.each([
    [{ TOKEN: 't', HEADER: 'h' }, ['https://two.example.com/']],
    [{ PART: 'p', HEADER: 'h' }, ['https://one.example.com/p']],
    [{ PART: 'p', TOKEN: 't', HEADER: '' }, ['https://one.example.com/p']],
    [{}, []],
  ])('unset or empty switches its whole endpoint off: %j', (env, urls) => {
    expect(endpoints(env)?.map(({ url }) => url)).toEqual(urls);
    expect(problems(ENDPOINTS, env)).toMatch(
      /warning: approvals\.webhooks\.endpoint\[\d\]\.\S+: off, since the environment variable \w+ is not set/,
    );
  });

  it('unset switches one alert off and leaves the others', () => {
    const text =
      '[security.incident_response.alerts]\nemail = ["a@b.c", "${MAIL}"]\nslack_webhook = "${HOOK}"\npagerduty_key = "k"';
    const result = parse(text, {});
    expect(result.ok && result.loaded.config.security.incidentResponse?.alerts).toEqual({
      email: ['a@b.c'],
      slackWebhook: undefined,
      pagerdutyKey: 'k',
    });
  });

  it('unset is an error where a store needs it, and a warning where none does', () => {
    const connection = '[audit.storage]\nconnection_string = "${PG}"\n';
    expect(problems(connection, {})).toContain(
      'g:2:1: warning: audit.storage.connection_string: off, since the environment variable PG',
    );
    expect(problems(`${connection}backend = "postgres"`, {})).toContain(
      'g:2:1: error: audit.storage.connection_string: the environment variable PG is not set',
    );
    expect(parse(`${connection}backend = "postgres"`, { PG: 'postgres://x/y' }).ok).toBe(true);
  });

  it('stands for itself anywhere else, with a warning', () => {
    const result = parse('[audit.storage]\npath = "${HOME}/audit.db"', { HOME: '/root' });
    expect(result.ok && result.loaded.config.audit.storage.path).toBe('${HOME}/audit.db');
    expect(problems('[audit.storage]\npath = "${HOME}/audit.db"', {})).toBe(
      'g:2:1: warning: audit.storage.path: ${HOME} is taken as it stands: no variables are filled in here',
    );
    expect(problems('[policies.security.secret_patterns]\npatterns = ["a${B}"]', {})).toBe('');
  });

  it('never shows its value, not where it is wrong and not in the digest', () => {
    const secret = 'hunter2-hunter2';
    expect(problems('[security.incident_response.alerts]\nslack_webhook = "${S}"', { S: secret })).toMatch(
      /error: security\.incident_response\.alerts\.slack_webhook: expected an http or https URL$/m,
    );
    expect(problems('[[approvals.webhooks.endpoint]]\nurl = "${S}"', { S: secret })).not.toContain(secret);
    const digest = (env: Environment) => {
      const result = parse(ENDPOINTS, env);
      return result.ok ? result.loaded.digest : undefined;
    };
    expect(digest({ PART: 'p', TOKEN: 'a', HEADER: 'h' })).toBe(digest({ PART: 'q', TOKEN: 'b' }));
    expect(digest({})).toMatch(/^[0-9a-f]{64}$/);
    const other = parse(ENDPOINTS.replace('TOKEN', 'OTHER_TOKEN'), {});
    expect(other.ok && other.loaded.digest).not.toBe(digest({}));
  });
});

describe('a setting from the environment', () => {
  const configured = (env: Environment, text = '') => {
    const result = parseConfig(withOverrides(files(text), environmentOverrides(env)), env);
    if (!result.ok) throw new Error(renderProblems(result.problems));
    return result.loaded.config;
  };

  it('is of the kind that its key wants', () => {
    const config = configured({
      GGEN_POLICIES__VERSION: '1.0',
      GGEN_POLICIES__SECURITY__ENABLED: 'false',
      GGEN_POLICIES__QUALITY__MIN_VALIDATION_SCORE: '0.85',
      GGEN_POLICIES__RESOURCE__MAX_CONCURRENT_AGENTS: '3',
      GGEN_POLICIES__RESOURCE__RATE_LIMITS__OPENAI_REQUESTS_PER_MINUTE: '7',
      GGEN_POLICIES__NETWORK__ALLOWED_DOMAINS: 'a.example.com, b.example.com',
      GGEN_POLICIES__NETWORK__BLOCKED_DOMAINS: '',
      GGEN_AUDIT__STORAGE__PATH: '12',
      GGEN_AUDIT__FILTERS__ALWAYS_LOG: 'a,b',
      GGEN_GATEWAY__MCP__APPROVAL_WAIT_SECONDS: '9',
      GGEN_WORKSPACE: '/w',
    });
    expect(config).toMatchObject({
      policies: {
        version: '1.0',
        security: { enabled: false },
        quality: { minValidationScore: 0.85 },
        resource: { maxConcurrentAgents: 3, rateLimits: { openai: 7 } },
        network: { allowedDomains: [{ pattern: 'a.example.com' }, { pattern: 'b.example.com' }], blockedDomains: [] },
      },
      audit: { storage: { path: '12' }, filters: { alwaysLog: ['a', 'b'] } },
      gateway: { mcp: { approvalWaitSeconds: 9 } },
    });
  });

  it('is a secret where its key takes one: the digest doesn’t know it', () => {
    const load = (value: string) => {
      const env = { GGEN_AUDIT__STORAGE__CONNECTION_STRING: value };
      return parseConfig(withOverrides([], environmentOverrides(env)), env);
    };
    const [one, two] = [load('pg://one'), load('pg://two')];
    expect(one.ok && one.loaded.config.audit.storage.connectionString).toBe('pg://one');
    expect(one.ok && two.ok && one.loaded.digest === two.loaded.digest).toBe(true);
  });

  it.each([
    ['GGEN_POLICIES__SECURITY__ENABLED', 'yes', /expected true or false, found the text "yes"/],
    ['GGEN_POLICIES__RESOURCE__MAX_CONCURRENT_AGENTS', '', /expected a whole number from 0 to 1000000/],
    ['GGEN_POLICIES__RESOURCE__MAX_CONCURRENT_AGENTS', '0x10', /expected a whole number/],
    ['GGEN_POLICIES__ENFORCMENT_MODE', 'strict', /names no setting/],
    ['GGEN_POLICES__ENFORCEMENT_MODE', 'strict', /names no setting/],
    ['GGEN_POLICIES__AGENTS__WRITER__CAN_READ', 'a', /names no setting/],
    ['GGEN_POLICIES__RESOURCE__RATE_LIMITS__OPENAI', '1', /names no setting/],
    ['GGEN_POLICIES__RESOURCE__RATE_LIMITS', '1', /names no setting/],
    ['GGEN_POLICIES__SECURITY', 'x', /names no setting/],
    ['GGEN_AUDIT__STORAGE__PATH', '\ud800', /not well-formed Unicode/],
  ])('is refused before anything is read: %s=%s', (variable, value, message) => {
    expect(() => environmentOverrides({ [variable]: value })).toThrow(message);
    expect(() => environmentOverrides({ [variable]: value })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('can’t break out of its line, and is checked like a file', () => {
    const env = { GGEN_AUDIT__STORAGE__PATH: 'a"\n[policies]\u007f\u2028\\' };
    expect(configured(env).audit.storage.path).toBe(env.GGEN_AUDIT__STORAGE__PATH);
    const range = { GGEN_AUDIT__RETENTION_DAYS: '0' };
    expect(renderProblems(problemsOf(range))).toMatch(
      /^GGEN_AUDIT__RETENTION_DAYS:1:7: error: audit\.retention_days: expected/,
    );
  });
});

function problemsOf(env: Environment) {
  const result = parseConfig(withOverrides([], environmentOverrides(env)), env);
  return result.ok ? [] : result.problems;
}

describe('docs/reference/environment.md', () => {
  const page = readFileSync(new URL('../../docs/reference/environment.md', import.meta.url), 'utf8');
  it('shows settings that are there', () => {
    const shown = [...page.matchAll(/^(GGEN_\w+__\w+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
      [name]: value,
    }));
    expect(shown.length).toBeGreaterThan(3);
    const env: Environment = Object.assign({}, ...shown);
    expect(problemsOf(env)).toEqual([]);
  });
});
