import { parse } from 'smol-toml';
import { afterEach, describe, expect, it } from 'vitest';
import { initFiles } from '../../src/config/index.ts';
import { ApprovalManager, AuditLogger, PolicyEngine } from '../../src/index.ts';
import { runCommandLine } from './command-line.ts';
import { type Folder, openFolder } from './folder.ts';
import { type Block, readGuide } from './guide.ts';
import { tomlKeys } from './inventory.ts';
import { type LedgerRow, readLedger } from './ledger.ts';

interface Problem {
  readonly severity: 'error' | 'warning' | 'not_enforced';
  readonly path: string;
}

let folder: Folder | undefined;
afterEach(() => folder?.remove());

const ledger = readLedger();
const tomlBlocks = new Set(ledger.blocks.filter((block) => block.language === 'toml').map((block) => block.number));
const tomlRows = ledger.rows.filter((row) => tomlBlocks.has(row.block));

/** Which of the three files a block belongs to: as its first table says. */
function fileOf(block: Block): string {
  const first = Object.keys(parse(block.text))[0] ?? '';
  return { approvals: 'approvals.toml', approvers: 'approvals.toml', audit: 'audit.toml' }[first] ?? 'governance.toml';
}

async function problemsOf(workspace: string): Promise<readonly Problem[]> {
  const end = await runCommandLine('ggen-mcp policy validate --json', workspace);
  return (JSON.parse(end.stdout) as { problems: readonly Problem[] }).problems;
}

/** `approvals.approvers.user[0].id` and `approvers.user.id` name the same key. */
function plain(path: string): string {
  return path
    .replace(/\[\d+\]/g, '')
    .replace(/^approvals\.approvers/, 'approvers')
    .replaceAll('"', '');
}

/** Is this key, or a table around it, among the keys that are not enforced yet? */
function isAmong(key: string, paths: readonly string[]): boolean {
  return paths.some((path) => key === path || key.startsWith(`${path}.`));
}

const guide = readGuide();
if (guide) {
  describe('the TOML blocks of the guide', () => {
    for (const block of guide.filter((one) => one.language === 'toml')) {
      const name = `block ${block.number}, ${block.heading}`;

      it(`${name}: loads as written`, async () => {
        folder = openFolder({ [fileOf(block)]: block.text });
        const path = folder.path(`config/${fileOf(block)}`);
        const options = { workspace: folder.workspace };
        await (await PolicyEngine.fromFile(path, options)).close();
        await (await ApprovalManager.fromConfig(path, options)).close();
        await (await AuditLogger.fromConfig(path, options)).close();
      });

      it(`${name}: has no error, and is enforced but for what the ledger says`, async () => {
        folder = openFolder({ 'governance.toml': '', [fileOf(block)]: block.text });
        const problems = await problemsOf(folder.workspace);
        expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
        const open = problems.filter((problem) => problem.severity === 'not_enforced').map(({ path }) => plain(path));
        const rows = tomlRows.filter((row) => row.block === block.number);
        const saysNotYet = (row: LedgerRow): boolean => row.notYet !== undefined;
        const set = new Set(tomlKeys(block.text.replace(/^# .*$/gm, '')));
        const here = rows.filter((row) => set.has(row.item));
        expect(here.filter(saysNotYet).map((row) => row.item)).toEqual(
          here.filter((row) => isAmong(row.item, open)).map((row) => row.item),
        );
      });
    }
  });
}

describe('our own configuration files', () => {
  /** The two spellings of one key; the guide shows both. */
  const SPELT_TWICE: Readonly<Record<string, string>> = {
    'policies.security.action': 'policies.security.secret_patterns.action',
  };
  const tomlFiles = initFiles('platform').filter((file) => file.name.endsWith('.toml'));

  it('set every key of the guide', () => {
    const set = new Set(tomlFiles.flatMap((file) => tomlKeys(file.text)));
    const missing = tomlRows.map((row) => SPELT_TWICE[row.item] ?? row.item).filter((key) => !set.has(key));
    expect(missing).toEqual([]);
  });

  for (const profile of ['platform', 'coding-agent'] as const) {
    it(`of profile ${profile} load without an error`, async () => {
      folder = openFolder({});
      const written = await runCommandLine(`ggen-mcp init --profile ${profile}`, folder.workspace);
      expect(written).toMatchObject({ code: 0, stderr: '' });
      const problems = await problemsOf(folder.workspace);
      expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    });
  }

  it('are enforced but for what the ledger says', async () => {
    folder = openFolder(Object.fromEntries(tomlFiles.map((file) => [file.name, file.text])));
    const open = (await problemsOf(folder.workspace)).filter((problem) => problem.severity === 'not_enforced');
    const paths = open.map(({ path }) => plain(path));
    const set = new Set(tomlFiles.flatMap((file) => tomlKeys(file.text.replace(/^# .*$/gm, ''))));
    const here = tomlRows.filter((row) => set.has(row.item));
    expect(new Set(here.filter((row) => row.notYet).map((row) => row.item))).toEqual(
      new Set(here.filter((row) => isAmong(row.item, paths)).map((row) => row.item)),
    );
  });
});
