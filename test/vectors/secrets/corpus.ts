import { crc32 } from 'node:zlib';
import { BLOCKS, FORMATS, VALUES } from './formats.ts';
import { INNOCENT } from './innocent.ts';
import { chanceOf } from './seeded.ts';
import { ORDINARY, SETTINGS, settle } from './settings.ts';

/** A file of the corpus: what is in it and on which lines, from 1, a secret begins. */
export interface LabelledFile {
  /** `kind/setting` */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly secrets: readonly number[];
  /** what the rules were not tuned with: looked at when they were done */
  readonly heldOut: boolean;
}

/** A setting, a kind of innocent text is held out as a whole, chosen by its name. */
const isHeldOut = (name: string): boolean => crc32(`held ${name}`) % 2 === 1;

/** Every format in settings of both halves, blocks in files of their own, and innocent files; the same at every call. */
export function createCorpus(): LabelledFile[] {
  const files: LabelledFile[] = [];
  const halves = [true, false].map((held) => SETTINGS.filter(({ name }) => isHeldOut(name) === held));
  for (const [formats, each] of [
    [FORMATS, 2],
    [VALUES, 6],
  ] as const) {
    for (const format of formats) {
      for (const settings of halves) {
        const start = crc32(format.name) % settings.length;
        for (let turn = 0; turn < each; turn += 1) {
          const setting = settings[(start + turn) % settings.length]!;
          const name = `${format.name}/${setting.name}`;
          const chance = chanceOf(name);
          const { text, line } = settle(setting, format.key, format.make(chance), chance);
          files.push({ name, path: setting.path, text, secrets: [line], heldOut: isHeldOut(setting.name) });
        }
      }
    }
  }
  for (const block of BLOCKS) {
    for (const turn of [0, 1]) {
      const name = `${block.name}/${turn}`;
      const chance = chanceOf(name);
      const { text, line } = block.make(chance);
      const before = Array.from({ length: turn }, () => chance.pick(ORDINARY));
      const whole = [...before, text, ''].join('\n');
      files.push({
        name,
        path: block.name,
        text: whole,
        secrets: [before.length + line + 1],
        heldOut: isHeldOut(name),
      });
    }
  }
  for (const { name, path, make } of INNOCENT) {
    for (const turn of [0, 1, 2]) {
      const chance = chanceOf(`${name}/${turn}`);
      const text = `${chance.pick(ORDINARY)}\n${make(chance)}\n${chance.pick(ORDINARY)}\n`;
      files.push({ name: `${name}/${turn}`, path, text, secrets: [], heldOut: isHeldOut(name) });
    }
  }
  return files;
}

export interface Score {
  /** secrets on whose line something was found, the ones missed, and lines found that hold none */
  readonly found: number;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Compares lines: a line with a secret counts once, however often it is found. */
export function scoreOf(files: readonly LabelledFile[], linesOf: (file: LabelledFile) => readonly number[]): Score {
  let found = 0;
  const missed: string[] = [];
  const wrong: string[] = [];
  for (const file of files) {
    const lines = new Set(linesOf(file));
    for (const line of file.secrets) {
      if (lines.delete(line)) found += 1;
      else missed.push(`${file.name}:${line}`);
    }
    for (const line of lines) wrong.push(`${file.name}:${line}`);
  }
  const precision = found + wrong.length === 0 ? 1 : found / (found + wrong.length);
  const recall = found + missed.length === 0 ? 1 : found / (found + missed.length);
  return { found, missed, wrong, precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}
