// The world that the command corpora are judged in: one project, one agent, the programs of ordinary development.
import { posix } from 'node:path';
import { parseConfig } from '../../src/config/index.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { compilePolicies } from '../../src/policy/index.ts';
import { createInspector, type FileSystemPort, protectedPathsFor } from '../../src/security/index.ts';

export const WORKSPACE = '/home/dev/project';
export const HOME = '/home/dev';

/** The programs that the policy lists. */
export const PROGRAMS =
  'git npm npx pnpm yarn cargo make node python3 tsc eslint prettier vitest jest pytest tar zip unzip gzip find sed awk ' +
  'grep rg ls cat head tail wc sort uniq cut tr diff echo printf test true false pwd date mkdir touch cp mv rm ln chmod ' +
  'which env xargs tee jq curl wget rsync ssh docker kubectl go pip gh dirname basename stat file du df sleep seq export cd';

const POLICY = `
[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = [${PROGRAMS.split(' ')
  .map((name) => `"${name}"`)
  .join(', ')}]

[policies.operational]
auto_approve_read_only = true
require_approval_for_destructive = true

[policies.agents.worker]
can_read = ["*"]
cannot_read = [".git/*", ".env*", "config/*", ".claude/*", "~/.ssh/*"]
can_write = ["*"]
cannot_write = [".git/*", ".env*", "config/*", ".claude/*", "~/.ssh/*"]

[policies.network]
allowed_domains = ["registry.npmjs.org", "github.com", "*.githubusercontent.com", "pypi.org", "localhost"]
`;

/** What stands in the project; folders come of themselves. */
const FILES =
  'package.json package-lock.json tsconfig.json README.md CHANGELOG.md LICENSE Makefile Cargo.toml go.mod pyproject.toml ' +
  'src/index.ts src/app.ts src/util.ts src/lib/a.ts src/main.rs src/app.py test/a.test.ts test/b.test.ts tests/test_a.py ' +
  'docs/guide.md docs/api.md scripts/build.mjs scripts/build.sh scripts/release.sh dist/index.js packages/a/package.json ' +
  'packages/b/package.json .env .gitignore .git/config .git/HEAD config/governance.toml .claude/settings.json data.json ' +
  'node_modules/.bin/tsc node_modules/.bin/eslint node_modules/.bin/prettier node_modules/.bin/vitest node_modules/.bin/jest';

function memoryFiles(): FileSystemPort {
  const folders = new Map<string, Set<string>>();
  const files = new Set<string>();
  for (const file of [
    ...FILES.split(' ').map((name) => `${WORKSPACE}/${name}`),
    `${HOME}/.ssh/id_rsa`,
    '/etc/passwd',
  ]) {
    files.add(file);
    for (let at = file; at !== '/'; at = posix.dirname(at)) {
      const above = posix.dirname(at);
      folders.set(above, (folders.get(above) ?? new Set()).add(posix.basename(at)));
    }
  }
  return {
    lstat: (path) =>
      folders.has(path) ? { kind: 'directory', links: 2 } : files.has(path) ? { kind: 'file', links: 1 } : undefined,
    readlink: () => undefined,
    list: (path) => (folders.has(path) ? [...folders.get(path)!] : undefined),
  };
}

/** Judges command lines as the agent's own, all in the same world. */
export function createCorpusJudge(): (line: string) => { decision: Decision; evidence: Evidence } {
  const parsed = parseConfig([{ name: 'config/governance.toml', text: POLICY }], {});
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  const { config, locate, digest } = parsed.loaded;
  const compiled = compilePolicies({ config, locate, digest, home: HOME, workspace: WORKSPACE });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
  const { set } = compiled;
  const inspector = createInspector({
    security: config.policies.security,
    operation: (name) => set.operation(name),
    workspace: WORKSPACE,
    home: HOME,
    protectedPaths: protectedPathsFor({
      workspace: WORKSPACE,
      configDir: `${WORKSPACE}/config`,
      storePath: `${WORKSPACE}/.ggen/audit.db`,
      witnesses: [],
      exportDir: `${WORKSPACE}/.ggen/audit-exports`,
      programDir: '/opt/ggen-governance',
      home: HOME,
      env: {},
    }),
    files: memoryFiles(),
  });
  return (line) => {
    const action = { actionType: 'execute_shell', target: line, requester: 'worker' };
    const evidence = inspector.inspect(action);
    return { decision: set.decide(action, evidence), evidence };
  };
}
