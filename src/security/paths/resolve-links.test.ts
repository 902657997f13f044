import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../adapters/files/index.ts';
import { openTempWorkspace, type TempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import type { FileSystemPort } from '../ports.ts';
import { resolveLinks } from './resolve-links.ts';

const files = nodeFileSystem();
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
});
afterEach(() => temp.remove());

function resolved(path: string): string | undefined {
  const resolution = resolveLinks(files, path, temp.workspace);
  return resolution.ok ? resolution.path : undefined;
}

describe('resolving links', () => {
  it('follows a dangling last component to where a write would land', () => {
    temp.link('ws/a', '../out/new');
    expect(resolved(`${temp.workspace}/a`)).toBe(`${temp.root}/out/new`);
    expect(resolved(`${temp.workspace}/a/b`)).toBe(`${temp.root}/out/new/b`);
  });

  it('appends what is not there yet below where a link led', () => {
    temp.folder('out');
    temp.link('ws/a', '../out');
    expect(resolved(`${temp.workspace}/a/new/deep`)).toBe(`${temp.root}/out/new/deep`);
  });

  it('says what stands at the end', () => {
    temp.file('ws/f');
    temp.hardLink('ws/g', 'ws/f');
    expect(resolveLinks(files, `${temp.workspace}/f`, temp.workspace)).toMatchObject({
      facts: { kind: 'file', links: 2 },
    });
    expect(resolveLinks(files, `${temp.workspace}/none`, temp.workspace)).toMatchObject({ facts: undefined });
    expect(resolveLinks(files, temp.workspace, '/')).toMatchObject({ facts: { kind: 'directory' } });
  });

  it('gives up on a loop, and takes forty links in a row', () => {
    temp.link('ws/loop', 'loop');
    expect(resolveLinks(files, `${temp.workspace}/loop`, temp.workspace)).toMatchObject({ ok: false, reason: /40/ });
    temp.file('ws/l0');
    for (let i = 1; i <= 41; i += 1) temp.link(`ws/l${i}`, `l${i - 1}`);
    expect(resolved(`${temp.workspace}/l40`)).toBe(`${temp.workspace}/l0`);
    expect(resolved(`${temp.workspace}/l41`)).toBeUndefined();
  });

  it('reports what the file system refuses by its code', () => {
    expect(resolveLinks(files, `${temp.workspace}/${'x'.repeat(300)}`, temp.workspace)).toEqual({
      ok: false,
      reason: 'ENAMETOOLONG',
    });
    const broken: FileSystemPort = {
      lstat() {
        throw new Error('broken');
      },
      readlink: () => undefined,
      list: () => undefined,
    };
    expect(resolveLinks(broken, '/a', '/')).toEqual({ ok: false, reason: 'the file system failed' });
  });

  it('takes a link that goes away meanwhile for what is not there', () => {
    const vanishing: FileSystemPort = {
      lstat: () => ({ kind: 'link', links: 1 }),
      readlink: () => undefined,
      list: () => undefined,
    };
    expect(resolveLinks(vanishing, '/a', '/')).toMatchObject({ ok: true, path: '/a' });
    expect(files.readlink(join(temp.workspace, 'none'))).toBeUndefined();
    expect(files.readlink(temp.workspace)).toBeUndefined();
  });

  it('agrees with the system on random trees of links', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const path = fc.array(fc.oneof(name, name, name, fc.constant('..'), fc.constant('.')), {
      minLength: 1,
      maxLength: 5,
    });
    const tree = fc.array(
      fc.record({
        at: fc.array(name, { minLength: 1, maxLength: 3 }),
        to: path,
        kind: fc.constantFrom('file', 'folder', 'link', 'link'),
      }),
      { maxLength: 8 },
    );
    let existing = 0;
    fc.assert(
      fc.property(tree, fc.array(path, { minLength: 8, maxLength: 8 }), (entries, targets) => {
        const here = openTempWorkspace();
        try {
          for (const { at, to, kind } of entries) {
            const place = `ws/${at.join('/')}`;
            try {
              if (kind === 'file') here.file(place);
              else if (kind === 'folder') here.folder(place);
              else here.link(place, to.join('/'));
            } catch {
              // the place is taken, or lies below a file: any tree will do
            }
          }
          for (const target of targets) {
            const full = `${here.workspace}/${target.join('/')}`;
            let real: string;
            try {
              real = realpathSync.native(full);
            } catch {
              continue;
            }
            existing += 1;
            expect(resolveLinks(files, full, here.workspace)).toMatchObject({ ok: true, path: real });
            expect(resolveLinks(files, full, '/')).toMatchObject({ ok: true, path: real });
          }
        } finally {
          here.remove();
        }
      }),
      { numRuns: 150, seed: 4 },
    );
    expect(existing).toBeGreaterThan(100);
  });
});
