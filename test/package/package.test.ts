import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../guide/guide.ts';

const folder = mkdtempSync(join(tmpdir(), 'ggen-package-'));
const app = join(folder, 'node_modules', 'ggen-governance');
let packed: readonly string[] = [];

function run(command: string, args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}

// The packed tarball, installed into an empty folder as a user would.
beforeAll(() => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const report = JSON.parse(run('npm', pack, ROOT)) as readonly { filename: string; files: { path: string }[] }[];
  packed = report[0]?.files.map((file) => file.path).sort() ?? [];
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', '--ignore-scripts'];
  run('npm', ['install', ...quiet, join(folder, report[0]?.filename ?? '')]);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds what `files` names and nothing else: no sources, no tests, no configuration of ours', () => {
    const allowed = /^(bin\/|dist\/|templates\/|(LICENSE|README\.md|CHANGELOG\.md|package\.json)$)/;
    expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.filter((path) => /\.(test|fixture)\.|(?<!\.d)\.ts$|tsbuildinfo|\.stamp/.test(path))).toEqual([]);
    expect(packed).toContain('bin/ggen-mcp');
    expect(packed).toContain('dist/index.js');
    expect(packed).toContain('dist/index.d.ts');
  });

  it('brings only its named dependencies, none of them for development', () => {
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as Record<string, object>;
    const scoped = Object.keys(manifest.dependencies ?? {}).map((name) => name.split('/')[0]);
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual([...new Set([...scoped, 'ggen-governance'])].sort());
  });

  it('npx ggen-mcp --version prints its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(run('npx', ['--no-install', 'ggen-mcp', '--version'])).toBe(version);
  });

  it('npx ggen-mcp init and check work in the empty folder', () => {
    run('npx', ['--no-install', 'ggen-mcp', 'init']);
    const check = ['--action-type', 'write_file', '--target', '/etc/passwd', '--requester', 'anyone'];
    const { status, stdout } = spawnSync('npx', ['--no-install', 'ggen-mcp', 'check', ...check], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stdout.split('\n')[0]]).toEqual([4, 'denied']);
  });

  it('imports, and only through what `exports` names', () => {
    const names = "import * as all from 'ggen-governance'; console.log(Object.keys(all).sort().join(' '))";
    const root = run('node', ['--input-type=module', '-e', names]).split(' ');
    for (const name of ['PolicyEngine', 'ApprovalManager', 'AuditLogger', 'SecurityAgent', 'createGovernor'])
      expect(root).toContain(name);
    const inner = "import('ggen-governance/dist/kernel/digest.js').then(() => 'open', (e) => e.code).then(console.log)";
    expect(run('node', ['--input-type=module', '-e', inner])).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('its types resolve, and the samples of the README compile against them', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const samples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) expect(compile(sample)).toBe('');
    const misuse =
      "import { PolicyEngine } from 'ggen-governance';\nexport const n: number = PolicyEngine.default();\n";
    expect(compile(misuse)).toMatch(/TS2322: Type 'PolicyEngine' is not assignable to type 'number'/);
  });
});

/** What the compiler says of a program that uses the installed package, its declarations checked too. */
function compile(text: string): string {
  writeFileSync(join(folder, 'sample.ts'), text);
  const options = [
    '--strict',
    '--noEmit',
    '--target',
    'es2024',
    '--module',
    'nodenext',
    '--exactOptionalPropertyTypes',
  ];
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules', '@types'), '--skipLibCheck', 'false'];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, ...types, 'sample.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout;
}
