import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../guide/guide.ts';

function files(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const pages = [...readdirSync(ROOT).filter((name) => name.endsWith('.md')), ...files('docs', '.md')];

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  const text = heading.replace(/^#+\s*/, '').toLowerCase();
  return text.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

describe('the documents', () => {
  it('link only to what is there', () => {
    const broken = pages.flatMap((page) => {
      const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
      return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [path = '', anchor] = link.split('#');
          const target = path === '' ? page : join(dirname(page), path);
          if (!existsSync(join(ROOT, target))) return true;
          if (anchor === undefined) return false;
          const headings = readFileSync(join(ROOT, target), 'utf8').match(/^#+ .*$/gm) ?? [];
          return !headings.map(anchorOf).includes(anchor);
        })
        .map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  it('stand in the index, but for the decisions, which it names as a folder', () => {
    const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
    const shown = [...files('docs/guide', '.md'), ...files('docs/reference', '.md')].map((page) => page.slice(5));
    expect(shown.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });

  it('are there where the code refers to them', () => {
    const missing = files('src', '.ts').flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
        .filter(([name]) => !existsSync(join(ROOT, name)))
        .map(([name]) => `${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('name only npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = pages.flatMap((page) => [
      ...readFileSync(join(ROOT, page), 'utf8').matchAll(/\bnpm (?:run ([a-z:]+)|(start|test)\b)/g),
    ]);
    const ours = new Set(named.map((match) => match[1] ?? match[2] ?? ''));
    expect([...ours].filter((name) => !(name in scripts))).toEqual([]);
  });
});
