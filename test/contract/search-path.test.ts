import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSystem } from '../../src/compose/index.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = createFolder({ 'bin/ls': '#!/bin/sh\n', 'node_modules/.bin/tsc': '' });
});
afterEach(() => folder.remove());

async function outcome(path: string, target: string): Promise<string> {
  const home = join(folder.root, 'home');
  const system = await openSystem({ configDir: folder.configDir, workspace: folder.root, home, env: { PATH: path } });
  try {
    return (await system.governor.judge({ actionType: 'execute_shell', target, requester: 'writer' })).decision.outcome;
  } finally {
    await system.close();
  }
}

describe('a bare name', () => {
  it('that PATH finds in the workspace first is asked about', async () => {
    expect(await outcome(`${folder.root}/bin:/usr/bin:/bin`, 'ls')).toBe('requires_approval');
    expect(await outcome('bin:/usr/bin:/bin', 'ls')).toBe('requires_approval');
  });

  it('that is found elsewhere before is not', async () => {
    expect(await outcome('/usr/bin:/bin', 'ls')).toBe('allowed');
    expect(await outcome(`/usr/bin:/bin:${folder.root}/bin`, 'ls')).toBe('allowed');
    expect(await outcome(`${folder.root}/node_modules/.bin:/usr/bin:/bin`, 'ls')).toBe('allowed');
  });
});
