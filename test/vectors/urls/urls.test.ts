import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../src/adapters/files/index.ts';
import { parseConfig } from '../../../src/config/index.ts';
import type { Decision } from '../../../src/model/decision.ts';
import { compilePolicies } from '../../../src/policy/index.ts';
import { createInspector, protectedPathsFor } from '../../../src/security/index.ts';

interface Line {
  readonly url: string;
  readonly technique: string;
  /** `open`: refused even where allowed_domains is `*`; `listed`: refused where only the listed hosts are allowed */
  readonly world: 'open' | 'listed';
}

const LISTED = [
  'github.com',
  '*.githubusercontent.com',
  'registry.npmjs.org',
  'pypi.org',
  'api.example.com',
  'bücher.example',
  'тест.example',
  '日本語.example',
  '한국어.example',
  'דוגמה.example',
  'مثال.example',
  'παράδειγμα.example',
  'пример.example',
  'café.example',
  'naïve-1.example',
  'localhost',
  '127.0.0.1',
  'xn--h1alffa9f.example',
];
const BLOCKED = ['evil.example', '*.evil.example', '169.254.169.254', '10.0.0.1', '[fd00:ec2::254]'];

function judge(allowed: readonly string[]): (target: string) => Decision {
  const text = `
[policies]
version = "1.0"
enforcement_mode = "strict"
[policies.operational]
auto_approve_read_only = true
[policies.agents.worker]
can_read = ["*"]
[policies.network]
allow_outbound = true
require_tls = true
allowed_domains = ${JSON.stringify(allowed)}
blocked_domains = ${JSON.stringify(BLOCKED)}
`;
  const parsed = parseConfig([{ name: 'config/governance.toml', text }], {});
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const { config, locate, digest } = parsed.loaded;
  const [home, workspace] = ['/home/dev', '/home/dev/project'];
  const compiled = compilePolicies({ config, locate, digest, home, workspace });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
  const { set } = compiled;
  const inspector = createInspector({
    security: config.policies.security,
    operation: (name) => set.operation(name),
    workspace,
    home,
    protectedPaths: protectedPathsFor({
      workspace,
      configDir: `${workspace}/config`,
      storePath: `${workspace}/.ggen/audit.db`,
      witnesses: [],
      exportDir: `${workspace}/.ggen/exports`,
      programDir: '/opt/ggen',
      home,
      env: {},
    }),
    files: nodeFileSystem(),
    knownDomains: allowed,
  });
  return (target) => {
    const action = { actionType: 'http_request', target, requester: 'worker' };
    return set.decide(action, inspector.inspect(action));
  };
}

const read = <T>(name: string): T[] =>
  readFileSync(new URL(`${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

const [listed, open] = [judge(LISTED), judge(['*'])];

describe('the URL vectors', () => {
  it('let no hostile one through, where all hosts are allowed or only those that are listed', () => {
    const lines = read<Line>('hostile');
    const passed = lines.filter(
      ({ url, world }) => listed(url).outcome !== 'denied' || (world === 'open' && open(url).outcome !== 'denied'),
    );
    console.log(`URLs: ${lines.length} hostile, ${passed.length} passed`);
    expect(passed).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(150);
  });

  it('say of a look-alike whom it looks like', () => {
    const reasons = ['https://g1thub.com/', 'https://gíthub.com/', 'https://pyp1.org/'].map(
      (url) => listed(url).reasons[0]!.message,
    );
    expect(reasons).toEqual([
      expect.stringContaining('looks like "github.com"'),
      expect.stringContaining('looks like "github.com"'),
      expect.stringContaining('looks like "pypi.org"'),
    ]);
  });

  it('hold up no benign one', () => {
    const lines = read<{ url: string }>('benign');
    const held = lines.flatMap(({ url }) => {
      const { outcome, reasons } = listed(url);
      return outcome === 'allowed' ? [] : [`${url}: ${reasons.map(({ message }) => message).join('; ')}`];
    });
    console.log(`URLs: ${lines.length} benign, ${held.length} held up`);
    expect(held).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(100);
  });
});
