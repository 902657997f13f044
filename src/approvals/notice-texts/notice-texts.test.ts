import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../model/approval.ts';
import { requestDigest } from '../vote-statement.ts';
import { isShownWhole, mailText, readButtonValue, slackMessage, webhookBody } from './index.ts';

const AT = 1_790_000_000_000;
const record: ApprovalRecord = {
  id: '01a20c01-ab91-7720-923f-3c0a9f440efb',
  status: 'pending',
  operation: { name: 'delete_file' },
  target: 'notes/<!channel>\u202e.md',
  requester: 'gardener',
  justification: 'tidy\r\nBcc: x@example.com',
  metadata: { operations: ['delete_file'] },
  actionDigest: 'd'.repeat(64),
  policySet: 'e'.repeat(64),
  strategy: 'multi-approval',
  quorum: { required: 2, of: 3, eligible: ['ann', 'ben', 'cid'] },
  reasons: [{ rule: 'policies.x', message: 'asks & waits', file: 'governance.toml', line: 3 }],
  shown: { content: 'c'.repeat(100_000), content_length: 100_000 },
  correlationId: 'c',
  createdAt: AT,
  decideBy: AT + 300_000,
};
const LINK = { link: 'https://approvals.example.com/01a2' };

describe('what is sent of a request', () => {
  it('to a program is the request as JSON, its content cut', () => {
    const body = JSON.parse(webhookBody('approval_required', record, AT, LINK));
    expect(body).toMatchObject({
      type: 'approval_required',
      timestamp: '2026-09-21T14:13:20.000Z',
      data: { approval: { id: record.id, status: 'pending', requester: 'gardener' }, link: LINK.link },
    });
    expect(body.data.approval.shown.content).toHaveLength(16_384);
    expect(body.data.approval.shown.content_length).toBe(100_000);
    expect(body.data).toMatchObject({ cut: true, cut_members: ['shown.content'] });
    const whole = { ...record, shown: { content: 'c', content_length: 1 } };
    expect(JSON.parse(webhookBody('approval_required', whole, AT, LINK)).data).not.toHaveProperty('cut');
    const pairs = JSON.parse(
      webhookBody('approval_required', { ...record, shown: { content: `a${'😀'.repeat(9000)}` } }, AT, {}),
    );
    expect(pairs.data.approval.shown.content.isWellFormed()).toBe(true);
  });

  it('to Slack says what happens at the end, however long the rest is', () => {
    const long = {
      ...record,
      approvesItselfAt: AT + 60_000,
      target: '&'.repeat(700),
      justification: '<'.repeat(1000),
      requester: '&'.repeat(200),
    };
    const text = JSON.stringify(slackMessage('approval_required', long, LINK));
    expect(text).toContain('then A TIMER APPROVES IT');
    expect(text).toContain('ann, ben, cid');
  });

  it('to a program is never longer than 256 KiB, and says what is left out of it', () => {
    const big = (n: number): string => 'ü'.repeat(n);
    const cases: [Partial<ApprovalRecord>, string[]][] = [
      [{ shown: { env: { A: big(150_000) }, cwd: '/x' } }, ['shown.env']],
      [{ shown: {}, metadata: { small: 1, large: big(100_000), larger: big(110_000) } }, ['metadata.larger']],
      [
        { shown: {}, metadata: { small: 1, large: big(200_000), larger: big(210_000) } },
        ['metadata.larger', 'metadata.large'],
      ],
      [{ shown: {}, operation: { name: 'delete_file', parameters: { a: [big(200_000)] } } }, ['operation.parameters']],
      [{ shown: {}, requester: big(200_000) }, ['requester']],
      [
        { shown: {}, metadata: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`member ${i}`, 'x'])) },
        ['metadata'],
      ],
    ];
    for (const [more, members] of cases) {
      const body = webhookBody('approval_required', { ...record, ...more }, AT, LINK);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(256 * 1024);
      expect(JSON.parse(body).data).toMatchObject({
        approval: { id: record.id, status: 'pending', operation: { name: 'delete_file' }, target: record.target },
        link: LINK.link,
        cut: true,
        cut_members: members,
      });
    }
    const json = fc
      .array(fc.tuple(fc.constantFrom(1, 99, 40_000), fc.constantFrom(0, 10, 20_000, 300_000)), { maxLength: 60 })
      .map((sizes) =>
        Object.fromEntries(sizes.map(([key, value], i) => [`${i}${'k'.repeat(key)}`, 'v'.repeat(value)])),
      );
    fc.assert(
      fc.property(json, json, json, (shown, metadata, parameters) => {
        const all = { ...record, shown, metadata, operation: { name: 'x', parameters } };
        const body = webhookBody('approval_required', all, AT, LINK);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(256 * 1024);
        expect(JSON.parse(body).data.approval.id).toBe(record.id);
      }),
      { numRuns: 30 },
    );
  });

  it('to Slack tells all that an approver needs, pings nobody, and links', () => {
    const { text, blocks } = slackMessage('approval_required', record, LINK) as { text: string; blocks: object[] };
    // The header is plain text, in which nothing is a ping.
    const all = JSON.stringify(blocks.slice(1));
    expect(all).not.toContain('<!channel>');
    expect(text).toBe('Approval required: delete_file notes/&lt;!channel&gt;\\u{202e}.md');
    for (const part of [
      'gardener',
      'asks &amp; waits [policies.x]',
      '0 of the 2 it takes, from 3',
      'ann, ben, cid',
      LINK.link,
    ])
      expect(all).toContain(part);
    expect(all).toContain('2026-09-21T14:18:20Z, then it expires and nothing is done');
    expect(all).toContain(`ggen-mcp approvals approve ${record.id}`);
  });

  it('by mail holds no header of its own', () => {
    const { subject, text } = mailText('approval_escalated', record, {});
    expect(subject).toBe('Escalated: nobody has decided: delete_file notes/<!channel>\\u{202e}.md');
    expect(text).toContain('Why:         tidy\\u{d}\\u{a}Bcc: x@example.com\n');
    expect(text).not.toContain('http');
  });

  it('under a timer says what happens when nobody does anything', () => {
    const timed: ApprovalRecord = { ...record, strategy: 'time-based-approval', approvesItselfAt: AT + 60_000 };
    expect(mailText('approval_required', timed, {}).text).toContain('2026-09-21T14:14:20Z, then A TIMER APPROVES IT');
  });

  it('keeps to Slack’s limits and to one line a subject, whatever a request holds', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 5000, unit: 'binary', size: 'max' }),
        fc.string({ maxLength: 5000, unit: 'binary', size: 'max' }),
        (target, why) => {
          const one = { ...record, target, justification: why, comment: why };
          const { blocks } = slackMessage('approval_rejected', { ...one, status: 'rejected' }, LINK) as {
            blocks: { type: string; text?: { text: string } }[];
          };
          for (const { type, text } of blocks) {
            expect(text?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
            if (type !== 'header') expect(text?.text ?? '').not.toMatch(/<[!@#]/);
          }
          expect(mailText('approval_rejected', one, {}).subject).not.toMatch(/[\r\n]/);
        },
      ),
    );
  });
});

describe('buttons in a message to Slack', () => {
  interface Block {
    readonly type: string;
    readonly elements?: readonly Record<string, unknown>[];
    readonly text?: { readonly text: string };
  }
  const small: ApprovalRecord = {
    ...record,
    operation: { name: 'write_file' },
    target: 'notes/a.md',
    strategy: 'single-approval',
    shown: { cwd: '/work', content: 'Beans *in* <!channel> May.\n```\u202e\nPeas.', content_length: 42 },
  };
  const blocksOf = (one: ApprovalRecord, buttons = true): Block[] =>
    slackMessage('approval_required', one, { ...LINK, buttons }).blocks as unknown as Block[];
  const actions = (blocks: readonly Block[]): unknown[] =>
    blocks.flatMap(({ type, elements = [] }) => (type === 'actions' ? elements.map((one) => one.action_id) : []));
  const literal = (blocks: readonly Block[]): string =>
    JSON.stringify(blocks.find(({ type }) => type === 'rich_text') ?? null);

  it('are there where they are wanted, with all that there is to see', () => {
    const blocks = blocksOf(small);
    expect(actions(blocks)).toEqual(['ggen_approve', 'ggen_reject', undefined]);
    expect(literal(blocks)).toContain(
      JSON.stringify('cwd: /work\ncontent:\nBeans *in* <!channel> May.\n```\\u{202e}\nPeas.\ncontent_length: 42'),
    );
    expect(actions(blocksOf(small, false))).toEqual([undefined]);
    expect(literal(blocksOf(small, false))).toBe('null');
  });

  it('name the request, and its digest as it was shown', () => {
    const [approve] = blocksOf(small).find(({ type }) => type === 'actions')!.elements!;
    const named = readButtonValue(String(approve!.value));
    expect(named).toEqual({ approvalId: small.id, requestDigest: requestDigest(small) });
    for (const odd of ['', small.id, `${small.id} ${'x'.repeat(64)}`, ` ${approve!.value}`, `${approve!.value}\n`])
      expect(readButtonValue(odd), odd).toBeUndefined();
  });

  it.each([
    ['content', { shown: { content: 'c'.repeat(3000) } }],
    ['a target', { target: 't'.repeat(1501) }],
    ['a reason', { justification: 'j'.repeat(1001) }],
    ['a requester', { requester: 'r'.repeat(201) }],
    ['rules', { reasons: [{ rule: 'r', message: 'm'.repeat(1001), file: 'f', line: 1 }] }],
    ['a further target', { shown: { also: [`read_file ${'a'.repeat(1000)}… (1003 characters)`] } }],
    ['further targets', { shown: { also: Array(100).fill('read_file a') } }],
    ['all of it together', { target: '<'.repeat(1000) }],
  ] as [string, Partial<ApprovalRecord>][])('are not there where %s would be cut', (_, more) => {
    expect(isShownWhole({ ...small, ...more })).toBe(false);
    expect(actions(blocksOf({ ...small, ...more }))).toEqual([undefined]);
    expect(isShownWhole(small)).toBe(true);
  });

  it('never come without the whole of what they are about, and keep to Slack’s limits', () => {
    const text = fc.string({ maxLength: 4000, unit: 'binary', size: 'max' });
    fc.assert(
      fc.property(text, text, fc.jsonValue({ maxDepth: 2 }), (content, target, also) => {
        const one = { ...small, target, shown: { content, parameters: JSON.stringify(also) } };
        const blocks = blocksOf(one);
        for (const { type, text: { text: shown = '' } = {} } of blocks)
          expect(shown.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
        if (actions(blocks).length === 1) return;
        const shown = blocks.find(({ type }) => type === 'rich_text')!.elements![0]!.elements as { text: string }[];
        // Line by line, so that it can be put together again from what is spelt out.
        const spelt = shown[0]!.text.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) =>
          String.fromCodePoint(Number.parseInt(hex, 16)),
        );
        if (!content.includes('\\u{')) expect(spelt).toContain(content);
      }),
    );
  });
});
