import { hash } from 'node:crypto';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, type ParserError, parse, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { buildAuditReport } from './build.ts';
import { type ListedLog, listedSource } from './listed-source.fixture.ts';
import { html, long, visible } from './markup.ts';
import { OCTOBER, october } from './october.fixture.ts';
import { renderAuditReportHtml } from './render-html.ts';
import { DARK, LIGHT, type Palette } from './style.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const MADE = { at: OCTOBER.to + 1, by: 'ada', program: 'test' };
const page = async (log: ListedLog, more: { title?: string; examined?: number } = {}): Promise<string> =>
  renderAuditReportHtml(await buildAuditReport(listedSource(log), { period: OCTOBER, made: MADE, ...more }));

function elementsOf(node: Node): Element[] {
  const inside = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : [];
  return 'tagName' in node ? [node, ...inside] : inside;
}

function textOf(node: Node): string {
  if (node.nodeName === '#text') return (node as DefaultTreeAdapterTypes.TextNode).value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** The elements of a page that must parse without a single complaint. */
function parsed(text: string): Element[] {
  const errors: ParserError[] = [];
  const elements = elementsOf(parse(text, { onParseError: (error) => errors.push(error) }));
  expect(errors).toEqual([]);
  return elements;
}

const attributesOf = (element: Element): Record<string, string> =>
  Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
const named = (elements: readonly Element[], tag: string): Element[] => elements.filter((one) => one.tagName === tag);

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></svg></style><svg onload=alert(1)>',
  '--><!--',
  ']]><![CDATA[',
  '&lt;b&gt;&#x3c;',
  '\u202etxt.exe\u2066\u200b\u061c\u00ad',
  'a\u0000b\u001b[31mc\nd',
  '\ud800\ufffe',
  `javascript:alert(1)//${'x'.repeat(2000)}`,
  '${1+1}`',
  'constructor',
  '__proto__',
];

/** A log in which an agent wrote `text` wherever an agent can write. */
function logOf(text: string, count = 1): ListedLog {
  const types = ['policy_violation', 'security_incident', 'approval_decision', 'system_event', 'agent_action'] as const;
  const events = { approval_decision: 'approval_approved', system_event: `policy_${text}` } as Record<string, string>;
  const entries = types.flatMap((eventType) =>
    Array.from(
      { length: count },
      (_, i): AuditEntry => ({
        id: '01920000-0000-7000-8000-000000000000',
        timestamp: OCTOBER.from + i,
        eventType,
        actor: { actorType: 'agent', id: text, name: `${text}${i}` },
        operation: { name: text },
        target: text,
        result: 'denied',
        metadata: { event: events[eventType] ?? text, rules: [text], ...(i % 2 === 0 ? { comment: text } : {}) },
      }),
    ),
  );
  return { entries, leftOut: entries, origin: text, checkpoint: `${text}\n1\n` };
}

/** What a page is made of: its tags and the names of their attributes, whatever stands in them. */
const skeleton = (elements: readonly Element[]): string =>
  elements.map(({ tagName, attrs }) => `${tagName}(${attrs.map(({ name }) => name).join(' ')})`).join('\n');

describe('the page', () => {
  it('parses without a complaint, for a month of entries', async () => {
    const elements = parsed(await page(october()));
    expect(named(elements, 'h1').map(textOf)).toEqual(['Audit report']);
    expect(named(elements, 'h2').map(textOf)).toEqual([
      'At a glance',
      'Over time',
      'Who did what',
      'Policy violations',
      'Security incidents',
      'Approvals',
      'Changes of policy',
      "What isn't in the log",
      "The log's signed state",
    ]);
    expect(textOf(named(elements, 'pre')[0]!)).toContain(october().checkpoint);
    const bars = named(elements, 'rect').filter((one) => attributesOf(one).class!.startsWith('r-'));
    for (const bar of bars) {
      for (const name of ['x', 'y', 'width', 'height'])
        expect(Number(attributesOf(bar)[name])).toBeGreaterThanOrEqual(0);
    }
  });

  it('gives the same figures in its table as in its chart', async () => {
    const elements = parsed(await page(october()));
    const chart = elements.find((one) => attributesOf(one).class === 'chart')!;
    const titles = named(elementsOf(chart), 'g').map((group) => textOf(named(elementsOf(group), 'title')[0]!));
    expect(titles).toHaveLength(31);
    const results = ['success', 'failure', 'denied', 'pending', 'unknown'];
    const rows = named(elements, 'table')
      .find((table) => textOf(table).includes('Entries by day'))!
      .childNodes.flatMap(elementsOf)
      .filter((one) => one.tagName === 'tr')
      .slice(1)
      .map((row) => elementsOf(row).slice(1).map(textOf));
    const inWords = rows.map(([day, , ...counts]) => {
      const parts = results.flatMap((result, i) => (counts[i] === '0' ? [] : [`${result} ${counts[i]}`]));
      return `${day}: ${parts.join(', ') || 'none'}`;
    });
    expect(titles).toEqual(inWords);
  });

  it('holds no script, loads nothing, links nowhere, and forbids all but its own style', async () => {
    const text = await page(october());
    const elements = parsed(text);
    const tags = new Set(elements.map((one) => one.tagName));
    for (const tag of [
      'script',
      'link',
      'a',
      'img',
      'image',
      'iframe',
      'object',
      'form',
      'base',
      'use',
      'foreignObject',
    ])
      expect(tags).not.toContain(tag);
    for (const element of elements) {
      for (const { name } of element.attrs) expect(name).not.toMatch(/^(on|style$|href|src|xlink|action)/);
    }
    const policy = named(elements, 'meta')
      .map(attributesOf)
      .find((meta) => meta['http-equiv'])!;
    const style = textOf(named(elements, 'style')[0]!);
    expect(policy['http-equiv']).toBe('Content-Security-Policy');
    expect(policy.content).toBe(
      `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'`,
    );
    expect(elements.findIndex((one) => attributesOf(one)['http-equiv'])).toBeLessThan(
      elements.findIndex((one) => one.tagName === 'style'),
    );
    expect(style).not.toMatch(/url\(|@import|expression|</);
  });

  it('can be read without seeing it', async () => {
    const elements = parsed(await page(october()));
    expect(attributesOf(named(elements, 'html')[0]!).lang).toBe('en');
    const levels = elements.flatMap(({ tagName }) => (/^h[1-6]$/.test(tagName) ? [Number(tagName[1])] : []));
    expect(levels[0]).toBe(1);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    const ids = elements.flatMap((one) => attributesOf(one).id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const element of elements) {
      for (const id of (attributesOf(element)['aria-labelledby'] ?? '').split(' ').filter(Boolean))
        expect(ids).toContain(id);
    }
    for (const svg of named(elements, 'svg')) {
      const { role, 'aria-hidden': hidden } = attributesOf(svg);
      if (hidden !== 'true') expect([role, named(elementsOf(svg), 'title').length > 0]).toEqual(['img', true]);
    }
    expect(named(elements, 'desc').map(textOf)[0]).toMatch(/^31 days\. The most, \d+, in 2024-10-\d\d\./);
    for (const table of named(elements, 'table')) {
      expect(named(elementsOf(table), 'caption')).toHaveLength(1);
      for (const head of named(elementsOf(table), 'th')) expect(attributesOf(head).scope).toMatch(/^(col|row)$/);
    }
  });

  it('says so where a period is empty', async () => {
    const elements = parsed(await page({ entries: [] }));
    const text = textOf(elements[0]!);
    expect(text.match(/None in this period\./g)).toHaveLength(4);
    expect(text).toContain('no signed state');
    expect(text).toContain('Filters left nothing out');
    expect(text).toContain('No entries.');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('names the largest of a hundred actors, and says how many the others are', async () => {
    const entries = Array.from({ length: 100 }, (_, i) => logOf(`agent-${i}`).entries[0]!);
    const text = textOf(parsed(await page({ entries }))[0]!);
    expect(text).toContain('85 others');
    expect(text).toContain('agent-99');
  });

  it('warns where the tables count a part, where entries are erased, and where the period is not over', async () => {
    const part = await page(logOf('x', 30), { examined: 10 });
    expect(part).toContain('30 entries; the tables count the newest 10 of them');
    expect(await page(logOf('x', 30))).not.toContain('the tables count the newest');
    expect(await page({ ...october(100), erasedTo: 9 })).toContain('have been erased by retention: numbers count them');
    const open = await buildAuditReport(listedSource(october(100)), {
      period: OCTOBER,
      made: { ...MADE, at: OCTOBER.to - 1 },
    });
    expect(renderAuditReportHtml(open)).toContain('was not over when this report was made');
  });

  it.each(HOSTILE)('shows %j as text, wherever an agent can write it', async (text) => {
    const plain = parsed(await page(logOf('plain', 3), { title: 'plain' }));
    const elements = parsed(await page(logOf(text, 3), { title: text }));
    expect(skeleton(elements)).toBe(skeleton(plain));
    expect(textOf(named(elements, 'h1')[0]!)).toBe(visible(text));
  });

  it('keeps its tags and attributes whatever an agent writes', async () => {
    const wanted = skeleton(parsed(await page(logOf('plain'), { title: 'plain' })));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), async (text) => {
        expect(skeleton(parsed(await page(logOf(text), { title: text })))).toBe(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a template', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '!', '-', '=', '`', ' ', 's', ';', '#', '\n', '\0'),
    }),
    fc.constantFrom(...HOSTILE),
  );

  it('puts any text into one element and one attribute, and nothing beside them', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { text: made } = html`<p title="${text}">${text}</p><svg><title>${text}</title></svg>${long('')}`;
        const fragment = parseFragment(made);
        const elements = elementsOf(fragment);
        expect(skeleton(elements)).toBe('p(title)\nsvg()\ntitle()');
        expect(attributesOf(elements[0]!).title).toBe(visible(text));
        expect(textOf(fragment)).toBe(visible(text) + visible(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no object for markup that only looks like it', () => {
    const forged = JSON.parse('{"text":"<b>"}') as never;
    expect(() => html`${forged}`).toThrow();
    expect(html`${[forged]}`.text).not.toContain('<');
  });

  it('spells out what a reader can not see, and cuts what is long', () => {
    expect(visible('a\u202eb\u061cc\ufffed\n')).toBe('a\\u{202e}b\\u{61c}c\\u{fffe}d\\u{a}');
    expect(visible('x'.repeat(600))).toBe(`${'x'.repeat(500)}… (600 characters)`);
    expect(long('x'.repeat(4000)).text).toHaveLength(4000);
  });
});

describe('colours', () => {
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string): number => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light! + 0.05) / (dark! + 0.05);
  };

  it.each<[string, Palette]>([
    ['light', LIGHT],
    ['dark', DARK],
  ])('of the %s page have the contrast that WCAG 2.2 AA asks for', (_, palette) => {
    for (const ground of [palette.page, palette.panel]) {
      for (const text of [palette.text, palette.muted]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
      for (const mark of ['accent', 'success', 'failure', 'denied', 'pending', 'unknown'] as const) {
        expect(contrast(palette[mark], ground)).toBeGreaterThanOrEqual(3);
      }
    }
  });
});
