import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { newId, sampleEntry } from '../contract/store-samples.ts';
import { runCommandLine } from '../guide/command-line.ts';
import { ROOT } from '../guide/guide.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let system: GovernedSystem;
const home = () => `${folder.root}-home`;
beforeEach(async () => {
  folder = createFolder({});
  system = await openFolder(folder, { GGEN_HOME: home() });
});
afterEach(async () => {
  await system.close();
  folder.remove();
});

it('tail --follow prints what is there and then each entry as it is recorded, once', async () => {
  for (let i = 0; i < 5; i += 1) await system.store.append(sampleEntry({ target: `before ${i}` }));
  const args = [join(ROOT, 'src/cli/main.ts'), 'audit', 'tail', '--lines', '2', '--follow', '--json'];
  const child = spawn(process.execPath, args, { cwd: folder.root, env: { ...process.env, GGEN_HOME: home() } });
  const targets: string[] = [];
  let text = '';
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      const look = (): void => {
        if (targets.length >= count) resolve();
        else setTimeout(look, 10);
      };
      look();
    });
  child.stdout.on('data', (chunk) => {
    const lines = (text + String(chunk)).split('\n');
    text = lines.pop() ?? '';
    targets.push(...lines.map((line) => (JSON.parse(line) as { target: string }).target));
  });
  try {
    await reached(2);
    for (let i = 0; i < 600; i += 1) void system.store.append(sampleEntry({ id: newId(), target: `after ${i}` }));
    await system.store.flush();
    await reached(602);
    expect(targets).toEqual(['before 3', 'before 4', ...Array.from({ length: 600 }, (_, i) => `after ${i}`)]);
  } finally {
    child.kill();
  }
});

it('query --text finds a text wherever it stands, ASCII letters in either case', async () => {
  await system.store.append(sampleEntry({ target: 'docs/Plan.md' }));
  await system.store.append(sampleEntry({ target: 'x', metadata: { note: 'the PLAN' } }));
  await system.store.append(
    sampleEntry({ target: 'y', operation: { name: 'write_file', parameters: { path: 'plans' } } }),
  );
  await system.store.append(sampleEntry({ target: 'none' }));
  const env = { ...process.env, GGEN_HOME: home() };
  const end = await runCommandLine('ggen-mcp audit query --text plan --json', folder.root, env);
  expect(
    end.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { target: string }).target),
  ).toEqual(['y', 'x', 'docs/Plan.md']);
});
