import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlackPost } from './slack-click.ts';

const ID = '01a20c01-ab91-7720-923f-3c0a9f440efb';
const DIGEST = 'd'.repeat(64);
const action = { type: 'button', action_id: 'ggen_approve', value: `${ID} ${DIGEST}` };
const payload = {
  type: 'block_actions',
  user: { id: 'U0123ABC', username: 'ann' },
  response_url: 'https://hooks.slack.com/actions/x',
  actions: [action],
};
const read = (value: unknown) =>
  readSlackPost(Buffer.from(new URLSearchParams({ payload: JSON.stringify(value) }).toString()));

describe('what Slack posts', () => {
  it('is a click on one of our buttons', () => {
    const click = { user: 'U0123ABC', approvalId: ID, requestDigest: DIGEST, approved: true };
    expect(read(payload)).toEqual({ kind: 'click', click, responseUrl: payload.response_url });
    const rejected = read({ ...payload, actions: [{ ...action, action_id: 'ggen_reject' }], response_url: 7 });
    expect(rejected).toEqual({ kind: 'click', click: { ...click, approved: false }, responseUrl: undefined });
  });

  it('or on another, which decides nothing', () => {
    expect(read({ ...payload, actions: [{ action_id: 'open' }] })).toEqual({ kind: 'other' });
    expect(read({ ...payload, actions: [] })).toEqual({ kind: 'other' });
  });

  it.each([
    ['another type', { ...payload, type: 'view_submission' }],
    ['no user', { ...payload, user: undefined }],
    ['an odd user', { ...payload, user: { id: 'ann' } }],
    ['two of our buttons', { ...payload, actions: [action, action] }],
    ['another value', { ...payload, actions: [{ ...action, value: ID }] }],
    ['no value', { ...payload, actions: [{ action_id: 'ggen_approve' }] }],
    ['no actions', { ...payload, actions: undefined }],
    ['a list', [payload]],
    ['nothing', null],
  ])('and is not understood with %s', (_, value) => expect(read(value)).toBeUndefined());

  it('never breaks on what it is given', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void read(value)));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void readSlackPost(Buffer.from(bytes))));
    const twice = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    expect(readSlackPost(Buffer.from(`${twice}&${twice}`))).toBeUndefined();
  });
});
