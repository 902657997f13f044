import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTempWorkspace, type TempWorkspace } from '../adapters/files/temp-workspace.fixture.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Finding } from '../model/evidence.ts';
import { findingsJson, securityWord } from './security-vote.ts';

let temp: TempWorkspace;
beforeAll(() => {
  temp = openTempWorkspace();
});
afterAll(() => temp.remove());

const word = (more: Partial<ApprovalRecord>) =>
  securityWord(
    {
      operation: { name: 'write_file' },
      target: 'src/a.txt',
      requester: 'writer',
      metadata: { facets: {} },
      shown: {},
      ...more,
    } as ApprovalRecord,
    temp.inspector(),
  );
const byProgram = (name: string, parameters: JsonObject) =>
  word({ operation: { name, parameters }, metadata: {}, target: 'src/a.txt', shown: parameters });

describe('the security agent', () => {
  it('looks at every text of a request that a program made', () => {
    expect(byProgram('delete_file', { path: 'src/a.txt', more: ['src/b', { n: 1, x: null }] })).toEqual({
      approved: true,
      comment: 'inspectors found nothing',
    });
    for (const bad of ['../../outside', 'config/governance.toml', '.ggen/audit.db'])
      for (const parameters of [
        { path: 'src/a.txt', other: bad },
        { path: 'src/a.txt', list: ['x', { deep: bad }] },
      ])
        expect(byProgram('delete_file', parameters as JsonObject)).toMatchObject({ approved: false });
    expect(byProgram('call_tool', { name: 'x', file: 'config/governance.toml' })).toMatchObject({ approved: false });
    expect(byProgram('execute_shell', { first: 'ls', next: 'ggen-mcp approvals approve 1' })).toMatchObject({
      approved: false,
    });
    let deep: JsonObject = { a: 'x' };
    for (let i = 0; i < 100; i += 1) deep = { a: deep };
    expect(() => byProgram('call_tool', deep)).toThrow("can't see all of it");
  });

  it('has no word on what it can’t see', () => {
    expect(word({ shown: { content: 'abc', content_length: 3, not_shown: [] } })).toMatchObject({ approved: true });
    for (const shown of [
      { content: 'abc', content_length: 4 },
      { content_length: 4 },
      { not_shown: ['content'] },
      { content: 'abc', content_length: 3, not_shown: ['environment'] },
      { parameters: '{"a"', parameters_length: 100 },
    ] as JsonObject[]) {
      expect(() => word({ shown })).toThrow(expect.objectContaining({ code: 'NOT_AVAILABLE' }));
    }
  });

  it('says no to what it sees is wrong, whatever else there may be', () => {
    const shown = { not_shown: ['content'] };
    expect(word({ shown, target: 'config/governance.toml' })).toMatchObject({ approved: false });
  });
});

describe('findings that a request keeps', () => {
  it('are the gravest ones, in the order in which they were found', () => {
    const severity = fc.constantFrom('always', 'block', 'deny', 'ask', 'warn');
    fc.assert(
      fc.property(fc.array(severity, { maxLength: 120 }), (severities) => {
        const given = severities.map(
          (one, i) => ({ kind: 'path', rule: `r${i}`, severity: one, message: '' }) as Finding,
        );
        const kept = findingsJson(given, (text) => text);
        const gravity = ['always', 'block', 'deny', 'ask', 'warn'];
        const sorted = gravity.flatMap((one) => given.filter((finding) => finding.severity === one));
        expect(kept.map(({ rule }) => rule)).toEqual(sorted.slice(0, 50).map(({ rule }) => rule));
      }),
    );
  });
});
