import { hash } from 'node:crypto';
import { legend, stackedColumns } from './charts.ts';
import { html, long, Markup } from './markup.ts';
import { counted, iso, showCount, showPeriod, showStretch, showTime } from './show.ts';
import { STYLE } from './style.ts';
import { countTable, entryTable, numberTable, tallyTable } from './tables.ts';
import type { ApprovalSection, AuditReport, EntrySection, GapSection, RefusalSection } from './types.ts';

/** Rules and actors that a table names one by one. */
const TALLIES = 15;
const PEOPLE = 50;

/**
 * The report as one page of HTML: no script, nothing that is loaded, charts as SVG, a table beside each of them.
 * THREAT: agents wrote much of what it shows. All of it passes `html`; the page's own policy forbids everything but
 * this one style, so that even markup that got through could load and run nothing.
 */
export function renderAuditReportHtml(report: AuditReport): string {
  const { title, period } = report;
  const shownPeriod = showPeriod(period);
  const style = `'sha256-${hash('sha256', STYLE, 'base64')}'`;
  const policy = `default-src 'none'; style-src ${style}; base-uri 'none'; form-action 'none'`;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}: ${shownPeriod}</title>
<style>${Markup.trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${shownPeriod}</p>
${facts(report)}</header>
<main>
${notes(report.gaps, report.made.at)}${glance(report)}${overTime(report)}${breakdowns(report)}${refusals('Policy violations', 'Refused because a policy forbids it.', report.violations)}${refusals('Security incidents', 'Refused by a security measure: a path that leaves the workspace, an injected command, a secret.', report.incidents)}${approvals(report.approvals)}${policyChanges(report)}${gaps(report.gaps)}${proof(report)}<footer><p>Times are UTC. Characters that can't be seen are spelt out, as in \\u{202e}.</p></footer>
</main>
</body>
</html>
`;
  return page.text;
}

function facts({ made, log }: AuditReport): Markup {
  const range =
    log.firstSeq === undefined ? 'none' : `${showCount(log.firstSeq)} to ${showCount(log.lastSeq ?? log.firstSeq)}`;
  return html`<dl class="facts">
<dt>Made</dt><dd><time datetime="${iso(made.at)}">${showTime(made.at)} UTC</time> by ${made.by}</dd>
<dt>With</dt><dd>${made.program}</dd>
<dt>Log</dt><dd><span class="c">${log.origin}</span>, ${counted(log.size, 'entry', 'entries')} in all</dd>
<dt>Sequence numbers</dt><dd>${range}</dd>
</dl>
`;
}

function notes(gap: GapSection, madeAt: number): Markup {
  return html`${
    gap.periodOpen
      ? html`<p class="note">The period was not over when this report was made (${showTime(madeAt)} UTC): more may be recorded in it.</p>
`
      : ''
  }${
    gap.erasedInPeriod
      ? html`<p class="note">Entries of this period may have been erased by retention: numbers count them, lists can't show them.</p>
`
      : ''
  }`;
}

function glance({ totals, violations, incidents, approvals: asked, policyChanges: changes }: AuditReport): Markup {
  const changed = changes.byEvent.reduce((sum, { count }) => sum + count, 0);
  const tiles: readonly (readonly [number, string])[] = [
    [totals.recorded, 'entries recorded'],
    [totals.leftOut, 'left out by filters'],
    [violations.total, 'policy violations'],
    [incidents.total, 'security incidents'],
    [asked.requested, 'approvals asked for'],
    [asked.approved, 'approved'],
    [asked.rejected, 'rejected'],
    [changed, 'changes of policy'],
  ];
  return html`<section aria-labelledby="glance"><h2 id="glance">At a glance</h2>
<ul class="tiles">${tiles.map(([count, what]) => html`<li><b>${showCount(count)}</b>${what}</li>`)}</ul>
</section>
`;
}

function overTime({ timeline }: AuditReport): Markup {
  const { unit, rows } = timeline;
  return html`<section aria-labelledby="time"><h2 id="time">Over time</h2>
<p class="about">An action that was allowed is two entries: its attempt, whose result is unknown, and its outcome.</p>
${legend()}
<div class="wide" role="region" tabindex="0" aria-label="Chart of entries by ${unit}">${stackedColumns(rows, unit, 'over-time')}</div>
${countTable(`Entries by ${unit}`, unit, { rows, others: undefined }, { bars: false, name: (key) => showStretch(key, unit) })}</section>
`;
}

function breakdowns({ byEventType, byOperation, byActor, byResult }: AuditReport): Markup {
  const parts = [
    ['Event types', 'event type', byEventType],
    ['Results', 'result', byResult],
    ['Operations', 'operation', byOperation],
    ['Actors', 'actor', byActor],
  ] as const;
  const shown = parts.map(
    ([heading, what, rows]) => html`<h3>${heading}</h3>
${rows.rows.length === 0 ? html`<p>None.</p>` : countTable(`Entries by ${what}`, what, rows, { bars: true })}`,
  );
  return html`<section aria-labelledby="who"><h2 id="who">Who did what</h2>
${legend()}
${shown}</section>
`;
}

function refusals(heading: string, about: string, section: RefusalSection): Markup {
  const id = heading.toLowerCase().replaceAll(' ', '-');
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
<p class="about">${about}</p>
${
  section.total === 0
    ? html`<p>None in this period.</p>`
    : html`${examined(section)}<h3>By rule</h3>
${tallyTable(`${heading} by rule; one may name several`, 'rule', section.byRule, TALLIES)}<h3>By actor</h3>
${tallyTable(`${heading} by actor`, 'actor', section.byActor, TALLIES)}<h3>The newest</h3>
${entryTable(newest(section), section.newest, { event: false, why: 'reason' })}`
}</section>
`;
}

/** What is said where not every entry was looked into. */
function examined({ total, examined: looked }: EntrySection): Markup {
  if (looked >= total)
    return html`<p>${counted(total, 'entry', 'entries')}.</p>
`;
  return html`<p class="note">${counted(total, 'entry', 'entries')}; the tables count the newest ${showCount(looked)} of them.</p>
`;
}

function newest({ newest: listed }: EntrySection): string {
  return `The newest ${counted(listed.length, 'entry', 'entries')}`;
}

function approvals(section: ApprovalSection): Markup {
  const { requested, approved, rejected, expired, consumed, deciders } = section;
  const became = [
    { key: 'asked for', count: requested },
    { key: 'approved', count: approved },
    { key: 'rejected', count: rejected },
    { key: 'expired', count: expired },
    { key: 'used', count: consumed },
  ];
  const people = deciders
    .slice(0, PEOPLE)
    .map(({ key, ...counts }) => ({ key, counts: [counts.approved, counts.rejected] }));
  return html`<section aria-labelledby="approvals"><h2 id="approvals">Approvals</h2>
<p class="about">What people were asked, and what they said. A request may be decided in another period than it was made in.</p>
${
  section.total === 0
    ? html`<p>None in this period.</p>`
    : html`${examined(section)}${tallyTable('What became of requests', 'requests', became, became.length)}${
        people.length === 0
          ? ''
          : html`<h3>Who decided</h3>
${numberTable('Decisions by person', ['person', 'approved', 'rejected'], people)}`
      }${
        section.newest.length === 0
          ? ''
          : html`<h3>The newest decisions</h3>
${entryTable(newest(section), section.newest, { event: true, why: 'comment' })}`
      }`
}</section>
`;
}

function policyChanges({ policyChanges: section }: AuditReport): Markup {
  const { byEvent, newest: listed } = section;
  return html`<section aria-labelledby="policy"><h2 id="policy">Changes of policy</h2>
<p class="about">A change that was rejected left the old policy in force.</p>
${section.examined < section.total ? examined(section) : ''}${
  byEvent.length === 0
    ? html`<p>None in this period.</p>`
    : html`${numberTable(
        'Changes by kind',
        ['kind', 'entries'],
        byEvent.map(({ key, count }) => ({ key: key.replace(/^policy_/, ''), counts: [count] })),
      )}<h3>The newest</h3>
${entryTable(newest(section), listed, { event: true, why: 'message' })}`
}</section>
`;
}

function gaps({ leftOut, erasedTo, oldestKept }: GapSection): Markup {
  const left =
    leftOut.length === 0
      ? html`<p>Filters left nothing out in this period.</p>`
      : html`${tallyTable('Events that filters left out: sampled away, or never logged', 'event type', leftOut, TALLIES)}`;
  const since = oldestKept === undefined ? '' : ` The oldest entry that is left was made at ${showTime(oldestKept)}.`;
  const erased =
    erasedTo === 0
      ? html`<p>Retention has erased nothing from this log.</p>`
      : html`<p>Retention has erased entries 1 to ${showCount(erasedTo)} of this log; their places in its tree are kept.${since}</p>`;
  return html`<section aria-labelledby="gaps"><h2 id="gaps">What isn't in the log</h2>
${left}
${erased}
</section>
`;
}

function proof({ log }: AuditReport): Markup {
  const lines = (log.checkpoint ?? '').trimEnd().split('\n');
  return html`<section aria-labelledby="proof"><h2 id="proof">The log's signed state</h2>
${
  log.checkpoint === undefined
    ? html`<p>The log has no entry yet, and so no signed state.</p>`
    : html`<p>As it was when this report was begun. A log that was changed or cut since can't prove that it continues this state: <code>ggen-mcp audit verify</code> finds out.</p>
<pre>${lines.map(
        (line) => html`${long(line)}
`,
      )}</pre>`
}
</section>
`;
}
