import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const GUIDE = new URL('../../../shared/governance-guide.md', import.meta.url);

/** One fenced block of the user's guide. */
export interface Block {
  /** counts from 1 in the order of the guide */
  readonly number: number;
  readonly language: 'toml' | 'rust' | 'bash';
  /** the nearest heading above it, without numbering */
  readonly heading: string;
  readonly text: string;
}

/** The blocks of the guide; undefined where the guide does not lie beside the checkout. */
export function readGuide(): readonly Block[] | undefined {
  let text: string;
  try {
    text = readFileSync(GUIDE, 'utf8');
  } catch {
    return undefined;
  }
  return parseBlocks(text);
}

/** Every ```toml, ```rust and ```bash block of a Markdown text. */
export function parseBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    if (open) {
      if (line !== '```') open.lines.push(line);
      else {
        if (isLanguage(open.language)) {
          const text = `${open.lines.join('\n')}\n`;
          blocks.push({ number: blocks.length + 1, language: open.language, heading, text });
        }
        open = undefined;
      }
    } else if (line.startsWith('```')) open = { language: line.slice(3).trim(), lines: [] };
    else if (line.startsWith('#')) heading = line.replace(/^#+\s*(\d+\.\s*)?/, '').trim();
  }
  return blocks;
}

function isLanguage(word: string): word is Block['language'] {
  return word === 'toml' || word === 'rust' || word === 'bash';
}
