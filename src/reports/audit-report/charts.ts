import { OPERATION_RESULTS } from '../../model/audit-entry.ts';
import { html, type Markup } from './markup.ts';
import type { TimeUnit } from './period.ts';
import { showCount, showStretch, showTick } from './show.ts';
import type { CountRow, Results } from './types.ts';

const WIDTH = 960;
const HEIGHT = 280;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
/** Ticks below the columns don't touch at this distance. */
const TICK_WIDTH = 58;

/** `success 3, denied 1`: what a bar shows, in words. */
export function resultWords(results: Results): string {
  const parts = OPERATION_RESULTS.filter((result) => (results[result] ?? 0) > 0).map(
    (result) => `${result} ${showCount(results[result]!)}`,
  );
  return parts.length > 0 ? parts.join(', ') : 'none';
}

/** Columns over time, stacked by result, in the order of the rows. The same figures belong into a table beside it. */
export function stackedColumns(rows: readonly CountRow[], unit: TimeUnit, id: string): Markup {
  const most = Math.max(0, ...rows.map((row) => row.recorded));
  const peak = rows.find((row) => row.recorded === most);
  const top = niceTop(most);
  const slot = PLOT_WIDTH / Math.max(1, rows.length);
  const every = Math.max(1, Math.ceil(TICK_WIDTH / slot));
  const about = peak && most > 0 ? `The most, ${showCount(most)}, in ${showStretch(peak.key, unit)}.` : 'No entries.';
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">Entries by ${unit}, stacked by result</title>
<desc id="${id}-desc">${counted(rows.length, unit)}. ${about} The table below has every figure.</desc>
${gridLines(top)}
${rows.map((row, i) => column(row, LEFT + i * slot, slot, top, unit))}
${rows.map((row, i) => (i % every === 0 ? tick(showTick(row.key, unit), LEFT + (i + 0.5) * slot) : html``))}
</svg>`;
}

function counted(count: number, unit: TimeUnit): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function column(row: CountRow, x: number, slot: number, top: number, unit: TimeUnit): Markup {
  const width = Math.min(48, Math.max(1, slot * 0.76));
  const left = x + (slot - width) / 2;
  let y = TOP + PLOT_HEIGHT;
  const parts = OPERATION_RESULTS.filter((result) => (row.results[result] ?? 0) > 0).map((result) => {
    const height = (row.results[result]! / top) * PLOT_HEIGHT;
    y -= height;
    return bar(result, left, y, width, height);
  });
  return html`<g><title>${showStretch(row.key, unit)}: ${resultWords(row.results)}</title>
<rect class="hit" x="${px(x)}" y="${TOP}" width="${px(slot)}" height="${PLOT_HEIGHT}"/>${parts}</g>
`;
}

function gridLines(top: number): Markup[] {
  const steps = top < 4 ? top : 4;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const y = TOP + PLOT_HEIGHT - (i / steps) * PLOT_HEIGHT;
    return html`<line class="${i === 0 ? 'axis' : 'grid'}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y)}" y2="${px(y)}"/>
<text class="tick" x="${LEFT - 8}" y="${px(y + 4)}" text-anchor="end">${showCount((top / steps) * i)}</text>
`;
  });
}

function tick(label: string, x: number): Markup {
  return html`<text class="tick" x="${px(x)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label}</text>
`;
}

const BAR_WIDTH = 200;
const BAR_HEIGHT = 14;

/** One horizontal bar, as long as its share of `most`, stacked by result: for a cell of a table. */
export function resultBar(results: Results, most: number): Markup {
  let x = 0;
  const parts = OPERATION_RESULTS.filter((result) => (results[result] ?? 0) > 0).map((result) => {
    const width = (results[result]! / Math.max(1, most)) * BAR_WIDTH;
    const at = x;
    x += width;
    return bar(result, at, 0, width, BAR_HEIGHT);
  });
  return barOf(resultWords(results), parts);
}

/** One horizontal bar of one colour. */
export function plainBar(count: number, most: number): Markup {
  return barOf(showCount(count), [bar('plain', 0, 0, (count / Math.max(1, most)) * BAR_WIDTH, BAR_HEIGHT)]);
}

function barOf(words: string, parts: readonly Markup[]): Markup {
  return html`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none" role="img"><title>${words}</title>${parts}</svg>`;
}

function bar(kind: string, x: number, y: number, width: number, height: number): Markup {
  return html`<rect class="r-${kind}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>`;
}

/** What colours mean. */
export function legend(): Markup {
  const entries = OPERATION_RESULTS.map(
    (result) =>
      html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true">${bar(result, 0, 0, 10, 10)}</svg>${result}</li>`,
  );
  return html`<ul class="legend">${entries}</ul>`;
}

/** The smallest of 1, 2, 4, 8, 12, 20, 40, … that is not below `most`: its quarters are whole, from 4 on. */
function niceTop(most: number): number {
  if (most <= 2) return Math.max(1, most);
  for (let power = 1; power < 1e18; power *= 10) {
    for (const step of [4, 8, 12, 20]) if (step * power >= most) return step * power;
  }
  return Number.MAX_SAFE_INTEGER;
}

/** Two decimals are finer than any screen; numbers that are no numbers draw nothing. */
function px(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
}
