// What a stranger does with a proof: one file of this package, a public key, nothing else.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleEntry } from '../contract/store-samples.ts';
import { runCommandLine } from '../guide/command-line.ts';
import { ROOT } from '../guide/guide.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let alone: string;
const env = () => ({ ...process.env, GGEN_HOME: `${folder.root}-home` });
const ggen = async (line: string): Promise<string> => {
  const { code, stdout, stderr } = await runCommandLine(`ggen-mcp ${line}`, folder.root, env());
  if (code !== 0) throw new Error(stderr);
  return stdout;
};
const record = async (count: number): Promise<void> => {
  const system = await openFolder(folder, { GGEN_HOME: `${folder.root}-home` });
  await Promise.all(Array.from({ length: count }, (_, i) => system.store.append(sampleEntry({ target: `t${i}` }))));
  await system.close();
};
/** The program in a folder where nothing else is. */
const check = (...args: string[]) => {
  copyFileSync(join(ROOT, 'dist/bin/ggen-verify.js'), join(alone, 'ggen-verify.mjs'));
  return spawnSync(process.execPath, ['ggen-verify.mjs', ...args], { cwd: alone, encoding: 'utf8', env: {} });
};
beforeEach(async () => {
  folder = createFolder({});
  alone = mkdtempSync(join(tmpdir(), 'ggen-alone-'));
  await record(700);
  writeFileSync(join(alone, 'log.pub'), await ggen('audit key'));
});
afterEach(() => {
  folder.remove();
  rmSync(alone, { recursive: true, force: true });
});

describe('the verifier', () => {
  it('is kernel and verifier, and no package', async () => {
    const { metafile } = await build({
      entryPoints: [join(ROOT, 'src/cli/ggen-verify.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      absWorkingDir: ROOT,
    });
    for (const file of Object.keys(metafile.inputs)) {
      expect(file).toMatch(/^src\/(kernel|audit\/proof)\/|^src\/cli\/(ggen-verify|proof-check)\.ts$/);
    }
  });

  it('shows the entry of a proof, and tells a forged one, a wrong key and a wrong log from it', async () => {
    const proof = await ggen('audit prove 300');
    writeFileSync(join(alone, 'p'), proof);
    const good = check('p', 'log.pub');
    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(good.stdout).toMatch(/^holds: entry 300 of 700 in ggen-governance\/log\/.*\n\{.*"target":"t299".*\}\n$/);

    const extra = /^extra (.*)$/m.exec(proof)![1]!;
    const forged = Buffer.from(extra, 'base64').toString().replace('t299', 't298');
    writeFileSync(join(alone, 'forged'), proof.replace(extra, Buffer.from(forged).toString('base64')));
    expect(check('forged', 'log.pub')).toMatchObject({ status: 1, stdout: '' });
    expect(check('forged', 'log.pub').stderr).toContain('is not number 300 of the signed log');
    writeFileSync(join(alone, 'moved'), proof.replace('index 299', 'index 298'));
    expect(check('moved', 'log.pub').status).toBe(1);
    const stranger = readFileSync(join(alone, 'log.pub'), 'utf8').replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    expect(check('p', stranger.trim())).toMatchObject({ status: 2 });
    const other = 'ggen-governance/log/other+da5d4397+AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g';
    expect(check('p', other).status).not.toBe(0);
    expect(check('p')).toMatchObject({ status: 2 });
  });

  it('holds a later log against an earlier checkpoint', async () => {
    writeFileSync(join(alone, 'old'), await ggen('audit key --checkpoint'));
    await record(50);
    writeFileSync(join(alone, 'p'), await ggen('audit prove --consistency 700'));
    expect(check('p', 'log.pub', 'old')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('of 750 entries begins with what it was at 700'),
    });
    writeFileSync(join(alone, 'q'), await ggen('audit prove --consistency 100 700'));
    expect(check('q', 'log.pub', 'old')).toMatchObject({ status: 1, stderr: expect.stringContaining('begins at 100') });
  });
});
