import { arch, availableParallelism, platform } from 'node:os';
import type { Figures } from './measure.ts';

export interface Row extends Figures {
  readonly size: number;
  readonly loadMs: number;
}

const OURS = 'ggen-governance';
/** Measured elsewhere, on a machine like this one, at 2,500 rules: OPA compiles policies only with its own binary. */
const QUOTED_OPA = { perSecond: 22_000, p50: 48, p99: 94 };

/** The result as a page: figures for each size, then what was aimed at and what came of it. */
export function renderTable(rows: readonly Row[], requests: number): string {
  const sizes = [...new Set(rows.map((row) => row.size))];
  const lines = [
    '# Decisions side by side',
    '',
    `Node ${process.version}, ${platform()} ${arch()}, ${availableParallelism()} virtual cores, shared with other work. ` +
      `${requests} seeded requests for each size; one run; reproduce with \`npm run bench -- decide --write\`.`,
    'p50 and p99 are wall time for one call, the timer included; decisions are for one second of processor time.',
    'Ours takes the raw target and answers with reasons, files and lines; rivals are given hosts already parsed.',
    '"compared" is how many verdicts were held against the picomatch loop before the time for it ran out.',
  ];
  for (const size of sizes) {
    const of = rows.filter((row) => row.size === size);
    const ours = of.find((row) => row.engine === OURS)!;
    lines.push(
      '',
      `## ${size} rules`,
      '',
      '| engine | p50 µs | p99 µs | decisions/s | × slower | load ms | compared | disagree |',
    );
    lines.push('|---|--:|--:|--:|--:|--:|--:|--:|');
    for (const row of of) {
      lines.push(
        `| ${row.engine} | ${row.p50.toFixed(2)} | ${row.p99.toFixed(2)} | ${Math.round(row.perSecond)} | ` +
          `${(ours.perSecond / row.perSecond).toFixed(1)} | ${row.loadMs.toFixed(1)} | ${row.compared} | ${row.disagreements.length} |`,
      );
    }
    if (size === 2500) {
      lines.push(
        `| opa-wasm: NOT RUN, quoted¹ | ${QUOTED_OPA.p50} | ${QUOTED_OPA.p99} | ${QUOTED_OPA.perSecond} | ` +
          `${(ours.perSecond / QUOTED_OPA.perSecond).toFixed(1)} | – | 0 | – |`,
      );
    }
  }
  lines.push(
    '',
    '¹ Rego becomes wasm only through the OPA binary, which no package registry of ours carries. The figures are from an',
    'earlier measurement of the same kind on another day: they say the order of magnitude, and no goal is judged by them.',
    '',
    '## Goals',
    '',
    ...goals(rows),
    '',
  );
  return lines.join('\n');
}

function goals(rows: readonly Row[]): string[] {
  const at = (size: number, engine: string): Row | undefined =>
    rows.find((row) => row.size === size && row.engine.startsWith(engine));
  const said = (what: string, met: boolean, got: string): string => `- ${met ? 'met' : 'MISSED'}: ${what} (${got})`;
  const result: string[] = [];
  const ours = at(2500, OURS);
  const cedar = at(2500, 'cedar');
  if (ours) {
    result.push(said('p50 ≤ 1 µs at 2,500 rules', ours.p50 <= 1, `${ours.p50.toFixed(2)} µs`));
    result.push(said('p99 ≤ 5 µs at 2,500 rules', ours.p99 <= 5, `${ours.p99.toFixed(2)} µs`));
  }
  const [small, large] = [at(10, OURS), at(10_000, OURS)];
  if (small && large) {
    const ratio = large.p50 / small.p50;
    result.push(said('p50 at 10,000 rules ≤ 3 × p50 at 10', ratio <= 3, `${ratio.toFixed(2)} ×`));
  }
  if (ours && cedar) {
    const ratio = ours.perSecond / cedar.perSecond;
    result.push(said('at least 50 × cedar-wasm', ratio >= 50, `${ratio.toFixed(0)} ×`));
  }
  const casl = rows
    .filter((row) => row.engine === OURS)
    .map((row) => ({ size: row.size, ratio: row.perSecond / (at(row.size, 'CASL')?.perSecond ?? Number.NaN) }));
  result.push(
    said(
      'ahead of CASL at every size',
      casl.every(({ ratio }) => ratio > 1),
      casl.map(({ size, ratio }) => `${size}: ${ratio.toFixed(1)} ×`).join(', '),
    ),
  );
  result.push('- not judged: at least 50 × opa-wasm (not runnable here)');
  return result;
}
