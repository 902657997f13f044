import { describe, expect, it } from 'vitest';
import type { Json } from '../kernel/json.ts';
import { actionFromJson, actionToJson } from './action-json.ts';

const least = { action_type: 'read_file', target: 'a', requester: 'b' };

describe('an action from JSON', () => {
  it('reads every key', () => {
    const json: Json = {
      ...least,
      content: 'c',
      parameters: { x: [1, null] },
      parts: [{ action_type: 'write_file', target: 'd' }],
      context: {
        cwd: '/w',
        session: 's',
        provider: 'anthropic',
        argv: ['a'],
        env: { A: '1' },
        measures: { test_coverage: 0.8 },
        correlation_id: 'i',
        justification: 'j',
      },
    };
    expect(actionFromJson(json)).toEqual({
      actionType: 'read_file',
      target: 'a',
      requester: 'b',
      content: 'c',
      parameters: { x: [1, null] },
      parts: [{ actionType: 'write_file', target: 'd' }],
      context: {
        cwd: '/w',
        session: 's',
        provider: 'anthropic',
        argv: ['a'],
        env: { A: '1' },
        measures: { test_coverage: 0.8 },
        correlationId: 'i',
        justification: 'j',
      },
    });
    expect(actionFromJson(least)).toEqual({ actionType: 'read_file', target: 'a', requester: 'b' });
    for (const one of [json, least]) expect(actionToJson(actionFromJson(one))).toEqual(one);
    expect(actionToJson({ ...actionFromJson(least), context: { door: 'library' } })).toEqual({ ...least, context: {} });
  });

  it.each<[string, Json, RegExp]>([
    ['no object', [least], /must be a JSON object/],
    ['a missing target', { action_type: 'x', requester: 'y' }, /target must be a string/],
    ['a missing requester', { action_type: 'x', target: 'y' }, /requester must be a string/],
    ['a misspelt key', { ...least, contents: 'x' }, /unknown key "contents"/],
    ['a door set from outside', { ...least, context: { door: 'library' } }, /unknown key context\."door"/],
    ['argv of numbers', { ...least, context: { argv: [1] } }, /context\.argv must be a list of strings/],
    ['env of numbers', { ...least, context: { env: { A: 1 } } }, /context\.env\.A must be a string/],
    ['measures of strings', { ...least, context: { measures: { a: '1' } } }, /context\.measures\.a must be a number/],
    ['parts that are none', { ...least, parts: {} }, /parts must be a list/],
    ['a part with more', { ...least, parts: [{ ...least }] }, /unknown key parts\[0\]\."requester"/],
    ['too many parts', { ...least, parts: Array.from({ length: 10_001 }, () => ({})) }, /at most 10000/],
    ['a content that is no text', { ...least, content: 1 }, /content must be a string/],
    ['a null cwd', { ...least, context: { cwd: null } }, /context\.cwd must be a string/],
  ])('refuses %s', (_what, json, message) => {
    expect(() => actionFromJson(json)).toThrow(message);
  });

  it('names the key that was meant', () => {
    expect(() => actionFromJson({ ...least, contxt: {} })).toThrow(
      expect.objectContaining({ hint: 'did you mean context?' }),
    );
  });
});
