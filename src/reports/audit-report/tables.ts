import { OPERATION_RESULTS } from '../../model/audit-entry.ts';
import { plainBar, resultBar } from './charts.ts';
import { html, type Markup } from './markup.ts';
import { iso, showCount, showTime } from './show.ts';
import type { Breakdown, CountRow, ShownEntry, Tally } from './types.ts';

/** A table that scrolls where it is long; it can be reached with the keyboard, and prints as a whole. */
function scrolling(caption: string, head: Markup, rows: readonly Markup[]): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}

function column(name: string, kind = ''): Markup {
  return html`<th scope="col" class="${kind}">${name}</th>`;
}

const number = (count: number): Markup => html`<td class="n">${showCount(count)}</td>`;

/** Counts, a row each, with a bar stacked by result where `bars` says so. */
export function countTable(
  caption: string,
  what: string,
  { rows, others }: Breakdown,
  { bars, name = (key) => key }: { readonly bars: boolean; readonly name?: (key: string) => string },
): Markup {
  const most = Math.max(0, others?.recorded ?? 0, ...rows.map((row) => row.recorded));
  const line = (label: string, row: Omit<CountRow, 'key'>, kind: string): Markup =>
    html`<tr class="${kind}"><th scope="row" class="w">${label}</th>${number(row.recorded)}${OPERATION_RESULTS.map((result) => number(row.results[result] ?? 0))}${number(row.leftOut)}${bars ? html`<td class="b">${resultBar(row.results, most)}</td>` : ''}</tr>
`;
  const head = html`${column(what)}${column('entries', 'n')}${OPERATION_RESULTS.map((result) => column(result, 'n'))}${column('left out', 'n')}${bars ? column('share', 'b') : ''}`;
  return scrolling(caption, head, [
    ...rows.map((row) => line(name(row.key), row, '')),
    ...(others ? [line(`${showCount(others.groups)} others`, others, 'others')] : []),
  ]);
}

/** The largest tallies, at most `top` of them, and the rest as one. */
export function tallyTable(caption: string, what: string, tallies: readonly Tally[], top: number): Markup {
  const shown = tallies.length > top + 1 ? tallies.slice(0, top) : tallies;
  const rest = tallies.slice(shown.length);
  const others = rest.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(others, ...shown.map(({ count }) => count));
  const line = (label: string, count: number, kind: string): Markup =>
    html`<tr class="${kind}"><th scope="row" class="w">${label}</th>${number(count)}<td class="b">${plainBar(count, most)}</td></tr>
`;
  return scrolling(caption, html`${column(what)}${column('entries', 'n')}${column('share', 'b')}`, [
    ...shown.map(({ key, count }) => line(key, count, '')),
    ...(rest.length > 0 ? [line(`${showCount(rest.length)} others`, others, 'others')] : []),
  ]);
}

/** Numbers without bars: a name and its counts. */
export function numberTable(
  caption: string,
  names: readonly string[],
  rows: readonly { readonly key: string; readonly counts: readonly number[] }[],
): Markup {
  const head = html`${names.map((name, i) => column(name, i === 0 ? '' : 'n'))}`;
  return scrolling(
    caption,
    head,
    rows.map(
      ({ key, counts }) => html`<tr><th scope="row" class="w">${key}</th>${counts.map(number)}</tr>
`,
    ),
  );
}

/** Entries one by one, the newest first. */
export function entryTable(
  caption: string,
  entries: readonly ShownEntry[],
  { event, why }: { readonly event: boolean; readonly why: string },
): Markup {
  const head = html`${column('seq', 'n')}${column('time (UTC)')}${event ? column('what', 'ev') : ''}${column('who', 'who')}${column('operation', 'op')}${column('target', 'w')}${column(why, 'w')}`;
  return scrolling(
    caption,
    head,
    entries.map(
      (
        entry,
      ) => html`<tr>${number(entry.seq)}<td class="t"><time datetime="${iso(entry.timestamp)}">${showTime(entry.timestamp)}</time></td>${event ? html`<td>${(entry.event ?? '').replace(/^(approval|policy)_/, '').replaceAll('_', ' ')}</td>` : ''}<td class="who">${who(entry)}</td><td>${entry.operation}</td><td class="c">${entry.target}</td><td>${entry.reason}</td></tr>
`,
    ),
  );
}

function who({ actor, actorName }: ShownEntry): string {
  return actor === actorName ? actor : `${actor} (${actorName})`;
}
