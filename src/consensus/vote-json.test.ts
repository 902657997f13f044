import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicBytesOf } from '../kernel/ed25519.ts';
import type { Json } from '../kernel/json.ts';
import { isCertificateOf } from './certificate.ts';
import { ballotOf, isBallotOn } from './validation.ts';
import { ballotToJson, isVoteOf, signVote } from './validator-vote.ts';
import { countVotes } from './vote-count.ts';
import {
  certificateFromJson,
  questionFromJson,
  questionToJson,
  recordedVoteFromJson,
  voteFromJson,
  voterToJson,
  voteToJson,
} from './vote-json.ts';

const key = generateKeyPairSync('ed25519').privateKey;
const set = { a: publicBytesOf(key).toString('base64') };
const input = { operation: { name: 'x', parameters: { n: 1 } }, context: { of: ['this'] }, evaluatedAt: 5 };
const ballot = ballotOf(input, 'r', 3);
const vote = signVote({ validator: 'a', ballot, verdict: 'invalid', findings: ['why'] }, key);
const copy = (json: Json): Json => JSON.parse(JSON.stringify(json));

describe('a vote in JSON', () => {
  it('comes back as it was, and still is its validator’s', () => {
    expect(voteFromJson(copy(voteToJson(vote)))).toEqual(vote);
    expect(isVoteOf(set, voteFromJson(copy(voteToJson(vote))))).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown key', { verdicts: 1 }, /unknown key "verdicts"/],
    ['another verdict', { verdict: 'maybe' }, /verdict must be "valid" or "invalid"/],
    ['no signature', { signature: undefined }, /signature must be a string/],
    ['a lone surrogate', { validator: '\ud800' }, /validator must be a string/],
    ['findings that are none', { findings: [1] }, /findings must be a list of strings/],
    ['too many findings', { findings: Array(101).fill('x') }, /at most 100 lines/],
    ['a finding too long', { findings: ['x'.repeat(601)] }, /of at most 600/],
    ['a finding that steers the terminal', { findings: ['\u001b[2J'] }, /at most 100 lines/],
    ['a ballot that is none', { ballot: [] }, /ballot must be a JSON object/],
    ['a part of a ballot', { ballot: { ...ballotToJson(ballot), epoch: '1' } }, /epoch must be a whole number/],
  ])('is refused with %s', (_what, change, message) => {
    const bad = copy({ ...voteToJson(vote), ...change } as Json);
    expect(() => voteFromJson(bad)).toThrow(message);
    expect(() => voteFromJson(bad)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  it('has at most 100 findings, so that it can be read where it arrives', () => {
    const talkative = signVote({ ...vote, findings: Array(101).fill('x') }, key);
    expect(talkative.findings).toHaveLength(100);
    expect(isVoteOf(set, voteFromJson(copy(voteToJson(talkative))))).toBe(true);
  });

  it('is read back from the record however its findings were masked, and still proves itself', () => {
    const masked = { ...voteToJson(vote), findings: [`${'[secret:long] '.repeat(90)}`] };
    expect(() => voteFromJson(masked)).toThrow();
    expect(isVoteOf(set, recordedVoteFromJson(masked))).toBe(true);
    // But what is not what was signed is no vote when it arrives.
    expect(countVotes(set, 1, ballot).add({ ...vote, findings: ['another reason'] })).toBe(false);
  });
});

describe('a question in JSON', () => {
  it('comes back as it was, with a ballot on just that', () => {
    const question = questionFromJson(copy(questionToJson({ ...input, validator: 'a', ballot })));
    expect(question).toEqual({ ...input, validator: 'a', ballot });
    expect(isBallotOn(question.ballot, question)).toBe(true);
    for (const change of [{ operation: { name: 'y' } }, { context: null }, { evaluatedAt: 6 }]) {
      expect(isBallotOn(ballot, { ...input, ...change })).toBe(false);
    }
  });

  it('is refused where it is none', () => {
    for (const bad of [null, [], 'x', {}, { validator: 'a', ballot: {} }]) {
      expect(() => questionFromJson(bad)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    }
  });
});

describe('a certificate in JSON', () => {
  it('comes back with its votes', () => {
    const json = { ballot: ballotToJson(ballot), verdict: 'invalid', threshold: 1, votes: [voterToJson(vote)] };
    const certificate = certificateFromJson(copy(json));
    expect(isCertificateOf(set, 1, certificate)).toBe(true);
    expect(isCertificateOf(set, 1, certificateFromJson(copy({ ...json, verdict: 'valid' })))).toBe(false);
    expect(() => certificateFromJson({ ...json, votes: {} })).toThrow(/votes must be a list/);
  });
});
