import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ballotOf,
  type Question,
  questionFromJson,
  questionToJson,
  signVote,
  type Verdict,
  voteToJson,
} from '../../src/consensus/index.ts';
import {
  type ByzantineFault,
  ByzantineValidator,
  type ByzantineValidatorOptions,
  createVoter,
  type OperationValidator,
} from '../../src/index.ts';
import { ended, newKeyPair, openOutside } from './validators-outside.ts';

const operation = { name: 'publish_template', parameters: { template_id: 'rest-api-auth' } };
const HOST = fileURLToPath(new URL('validator-host-child.ts', import.meta.url));
/** Nothing is ever so late: what must not wait for it shows. */
const FAR = 120_000;

let outside: ReturnType<typeof openOutside>;
beforeEach(() => {
  outside = openOutside();
});
afterEach(() => outside.close());

const here = (id: string, verdict: Verdict = 'valid'): OperationValidator => ({ id, validate: () => ({ verdict }) });
const ask = (validators: OperationValidator[], f: number, more: Partial<ByzantineValidatorOptions> = {}) =>
  new ByzantineValidator({ validators, f, mode: 'deterministic', timeoutMs: FAR, ...more }).validateOperation(
    operation,
    { budget: 'ünï' },
  );
const voteText = (question: Question, verdict: Verdict, privateKey: string, validator = question.validator): string =>
  JSON.stringify(voteToJson(signVote({ ...question, validator, verdict, findings: [] }, createPrivateKey(privateKey))));

describe('validators outside this process', () => {
  it('vote with keys of their own, as programs and behind HTTP', async () => {
    const service = await outside.service('service', (body, response, { privateKey }) => {
      createVoter(() => ({ verdict: 'valid' }), { privateKey })(body).then((vote) => response.end(vote));
    });
    const validator = new ByzantineValidator({
      validators: [outside.program('program', 'honest'), service, here('against', 'invalid')],
      f: 1,
      mode: 'deterministic',
      timeoutMs: FAR,
    });
    const result = await validator.validateOperation(operation, { of: ['use'] });
    expect(result).toMatchObject({ consensusReached: true, verdict: 'valid', missing: [], equivocations: [] });
    expect(result.certificate!.votes.map(({ validator: name }) => name).sort()).toEqual(['program', 'service']);
    expect(result.certificate!.votes.find(({ validator: name }) => name === 'program')!.findings).toEqual([
      'looked\\u{a}at',
    ]);
    expect(ByzantineValidator.isCertificate(result.certificate!, validator.validatorSet, 2)).toBe(true);
    expect(validator.validatorSet.program).toMatch(/^[\w+/]{43}=$/);
  });

  it.each([
    ['crash', /ended with a signal/],
    ['exits', /ended with 7/],
    ['silent', /gave no vote/],
    ['garbage', /no JSON/],
    ['unsigned', /ballot must be a JSON object|validator must be a string|findings must be a list/],
    ['flood', /printed 64 KiB/],
    ['wrong-key', /not on this ballot, or not signed/],
    ['wrong-ballot', /not on this ballot/],
    ['wrong-epoch', /not on this ballot/],
  ])('count as missing where the program does as %s, with the reason', async (behaviour, why) => {
    // Of two that must agree one is here: the end of the other decides that there is no consensus.
    const result = await ask([outside.program('bad', behaviour), here('a')], 0, { mode: 'agreement' });
    expect(result).toMatchObject({ consensusReached: false, missing: ['bad'], equivocations: [] });
    expect(result.reasons.bad).toMatch(why);
  });

  it('count as missing where there is no such program', async () => {
    const bad = { ...outside.program('bad', 'honest'), command: ['no-such-program-here'] };
    const result = await ask([bad, here('a')], 0, { mode: 'agreement' });
    expect(result.reasons.bad).toMatch(/no program "no-such-program-here"/);
  });

  it('need nothing of ours: what the guide says of a vote is enough', async () => {
    // Keys sorted, no white space: of these values that is the canonical form.
    const script = `const { createHash, createPrivateKey, sign } = require('node:crypto');
      const { readFileSync } = require('node:fs');
      const jcs = (v) => JSON.stringify(v, (_, x) => x && x.constructor === Object ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : x);
      const digest = (domain, v) => createHash('sha256').update(domain + '\\n' + jcs(v)).digest('hex');
      const { validator, ballot, operation, context } = JSON.parse(readFileSync(0, 'utf8'));
      if (ballot.operation_digest !== digest('ggen-validated-operation-v1', operation)) process.exit(11);
      if (ballot.context_digest !== digest('ggen-validation-context-v1', context)) process.exit(12);
      const findings = ['fine'];
      const signed = { ballot, findings_digest: digest('ggen-validator-findings-v1', findings), validator, verdict: 'valid' };
      const key = createPrivateKey(readFileSync(process.argv[1], 'utf8'));
      const signature = sign(null, Buffer.from('ggen-governance/validator-vote/v1\\n' + jcs(signed)), key).toString('base64');
      console.log(JSON.stringify({ ...signed, findings, signature }));`;
    const { command, ...program } = outside.program('foreign', 'x');
    const foreign = { ...program, command: [process.execPath, '-e', script, command[2]!] };
    const result = await ask([foreign, here('a')], 0, { mode: 'agreement' });
    expect(result).toMatchObject({ consensusReached: true, verdict: 'valid', reasons: {} });
  });

  it('are counted once their vote is there, whatever the program does then', async () => {
    const programs = ['votes-and-stalls', 'votes-and-fails'].map((one) => outside.program(one, one));
    const result = await ask([...programs, outside.program('stalls', 'stall')], 1);
    expect(result).toMatchObject({ consensusReached: true, verdict: 'valid', missing: ['stalls'] });
  });

  it('get nothing of this process’s environment that was not named', async () => {
    process.env.GGEN_TEST_TOKEN = 'x';
    const script =
      'process.exitCode = process.env.GGEN_TEST_TOKEN ? 4 : process.env.NAMED === "n" && process.env.PATH ? 5 : 6';
    const bad = { ...outside.program('bad', 'x'), command: [process.execPath, '-e', script], env: { NAMED: 'n' } };
    const result = await ask([bad, here('a')], 0, { mode: 'agreement' });
    delete process.env.GGEN_TEST_TOKEN;
    expect(result.reasons.bad).toMatch(/ended with 5/);
  });

  it.each<[string, Parameters<typeof outside.service>[1], RegExp]>([
    ['an error', (_, response) => response.writeHead(500).end(), /^127\.0\.0\.1:\d+ answered 500$/],
    ['a redirect', (_, response) => response.writeHead(307, { location: '/' }).end(), /answered 307$/],
    ['no JSON', (_, response) => response.end('yes'), /no JSON/],
    ['a flood', (_, response) => response.end(`"${'x'.repeat(100_000)}"`), /no JSON/],
    ['nothing', (_, response) => response.end('[]'), /gave no vote/],
    ['a hang-up', (_, response) => response.destroy(), /no connection/],
    [
      'a vote of another',
      (body, response, { privateKey }) =>
        response.end(voteText(questionFromJson(JSON.parse(body)), 'valid', privateKey, 'a')),
      /not on this ballot, or not signed/,
    ],
  ])('count as missing where the service answers with %s', async (_what, answer, why) => {
    const result = await ask([await outside.service('bad', answer), here('a')], 0, { mode: 'agreement' });
    expect(result).toMatchObject({ consensusReached: false, missing: ['bad'] });
    expect(result.reasons.bad).toMatch(why);
    expect(result.reasons.bad).not.toMatch(/token/);
  });

  it('are not reached at private addresses unless they may be there', async () => {
    let reached = false;
    const service = await outside.service('bad', (_, response) => {
      reached = true;
      response.end();
    });
    const { allowPrivate: _, ...publicOnly } = service;
    const result = await ask([publicOnly, here('a')], 0, { mode: 'agreement' });
    expect(result.reasons.bad).toMatch(/it is a loopback address/);
    expect(reached).toBe(false);
  });

  it('are named with a token where one is given', async () => {
    const seen: unknown[] = [];
    const service = await outside.service('bad', (_, response, _keys, { headers }) => {
      seen.push(headers.authorization);
      response.end('[]');
    });
    await ask([{ ...service, authToken: 't0ken' }, here('a')], 0, { mode: 'agreement' });
    expect(seen).toEqual(['Bearer t0ken']);
  });
});

describe('validators that contradict themselves', () => {
  const twoFaced = (first: Verdict, second: Verdict) => () =>
    outside.service('bad', (body, response, { privateKey }) => {
      const question = questionFromJson(JSON.parse(body));
      response.end(`[${voteText(question, first, privateKey)},${voteText(question, second, privateKey)}]`);
    });

  it.each([
    ['a program', false, async () => outside.program('bad', 'equivocate')],
    ['a service', false, twoFaced('invalid', 'valid')],
    ['a service whose first vote was enough', true, twoFaced('valid', 'invalid')],
  ])('are proved to, as %s', async (_what, consensusReached, open) => {
    const faults: ByzantineFault[] = [];
    const bad = await open();
    const validator = new ByzantineValidator({
      validators: [bad, here('a')],
      f: 0,
      mode: 'agreement',
      timeoutMs: FAR,
      onFault: (fault) => faults.push(fault),
    });
    const result = await validator.validateOperation(operation);
    expect(result).toMatchObject({ consensusReached, missing: [] });
    expect(faults).toMatchObject([{ type: 'ByzantineFault', agentId: 'bad', operation }]);
    expect(ByzantineValidator.isEquivocation(faults[0]!.proof, validator.validatorSet)).toBe(true);
    const { bad: _, ...others } = validator.validatorSet;
    expect(ByzantineValidator.isEquivocation(faults[0]!.proof, others)).toBe(false);
  });

  it('are no others: dissent and silence prove nothing', async () => {
    const faults: unknown[] = [];
    const validators = [here('lies', 'invalid'), here('a'), outside.program('late', 'stall'), here('b'), here('c')];
    const result = await ask(validators, 2, { onFault: (fault) => faults.push(fault) });
    expect(result).toMatchObject({ consensusReached: true, missing: ['late'], equivocations: [] });
    expect(result.dissent.map(({ validator }) => validator)).toEqual(['lies']);
    expect(faults).toEqual([]);
  });
});

describe('what outlives a round', () => {
  it('is nothing: programs that stall are ended with what they started', async () => {
    const pidFile = join(outside.folder, 'pids');
    const slow: OperationValidator = {
      id: 'slow',
      validate: async () => {
        while (!existsSync(pidFile) || !/^\d+ \d+$/.test(readFileSync(pidFile, 'utf8'))) await delay(10);
        return { verdict: 'valid' };
      },
    };
    const result = await ask([outside.program('stalls', 'stall', pidFile), slow, here('a')], 1);
    expect(result).toMatchObject({ consensusReached: true, missing: ['stalls'] });
    for (const pid of readFileSync(pidFile, 'utf8').split(' ')) await ended(Number(pid));
  });

  it('is nothing that keeps the process alive', async () => {
    const service = await outside.service('service', () => undefined);
    const program = outside.program('program', 'stall');
    const words = [HOST, service.url, program.publicKey, service.publicKey, ...program.command];
    const host = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const code = new Promise((resolve) => host.on('exit', resolve));
    expect(JSON.parse(await text(host.stdout))).toEqual({ consensusReached: false, missing: ['program', 'service'] });
    expect(await code).toBe(0);
  });
});

describe('seven validators, three of them faulty in any mix', () => {
  const FAULTS = ['crash', 'stall', 'lie', 'equivocate', 'late'] as const;
  const local: Readonly<Record<(typeof FAULTS)[number], (id: string) => OperationValidator>> = {
    crash: (id) => ({ id, validate: () => Promise.reject(new Error('boom')) }),
    stall: (id) => ({ id, validate: () => new Promise(() => undefined) }),
    lie: (id) => here(id, 'invalid'),
    equivocate: (id) => here(id, 'invalid'),
    late: (id) => ({ id, validate: () => delay(FAR, { verdict: 'invalid' as const }, { ref: false }) }),
  };
  const serve = (id: string, fault: (typeof FAULTS)[number] | 'honest') =>
    outside.service(id, (body, response, { privateKey }) => {
      const question = questionFromJson(JSON.parse(body));
      const say = (...verdicts: Verdict[]): string =>
        `[${verdicts.map((verdict) => voteText(question, verdict, privateKey)).join(',')}]`;
      if (fault === 'honest') response.end(say('valid'));
      else if (fault === 'crash') response.destroy();
      else if (fault === 'lie') response.end(say('invalid'));
      else if (fault === 'equivocate') response.end(say('invalid', 'valid'));
      else if (fault === 'late') setTimeout(() => response.end(say('invalid')), FAR).unref();
    });

  it('give the honest ones’ verdict, in this process and behind HTTP', async () => {
    const mix = fc.array(fc.tuple(fc.constantFrom(...FAULTS), fc.boolean()), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(mix, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), async (faults, honest) => {
        const validators = await Promise.all([
          ...faults.map(([fault, remote], i) => (remote ? serve(`f${i}`, fault) : local[fault](`f${i}`))),
          ...honest.map((remote, i) => (remote ? serve(`h${i}`, 'honest') : here(`h${i}`))),
        ]);
        const result = await ask(validators, 3);
        expect(result).toMatchObject({ consensusReached: true, verdict: 'valid' });
        for (const { validator } of result.equivocations) {
          expect(faults[Number(validator.slice(1))]).toEqual(['equivocate', true]);
        }
      }),
      { numRuns: 40, seed: 7, endOnFailure: true },
    );
  });

  it('give it as programs', async () => {
    const faults = ['crash', 'stall', 'lie', 'equivocate', 'wrong-ballot', 'garbage'];
    for (const [i] of [0, 3].entries()) {
      const faulty = faults.slice(3 * i, 3 * i + 3).map((one) => outside.program(`${one}-${i}`, one));
      const honest = Array.from({ length: 4 }, (_, k) => outside.program(`honest-${i}-${k}`, 'honest'));
      expect(await ask([...faulty, ...honest], 3)).toMatchObject({ consensusReached: true, verdict: 'valid' });
    }
  }, 120_000);
});

describe('a voter', () => {
  const { privateKey } = newKeyPair();
  const question = {
    validator: 'v',
    ballot: {
      request_id: 'r',
      operation_digest: 'o',
      context_digest: 'c',
      evaluated_at: 1,
      epoch: 1,
    },
    operation: { name: 'x' },
    context: null,
  };

  it('signs for nothing but what it was shown', async () => {
    const voter = createVoter(() => ({ verdict: 'valid' }), { privateKey });
    await expect(voter(JSON.stringify(question))).rejects.toThrow(/ballot is not on the operation/);
    await expect(voter('{')).rejects.toThrow(/no JSON/);
    await expect(voter('{}')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(() => createVoter(() => ({ verdict: 'valid' }), { privateKey: 'x' })).toThrow(/no Ed25519 key/);
  });

  it('says the same on one ballot however often it is asked', async () => {
    let asked = 0;
    const keys = newKeyPair();
    const voter = createVoter(
      () => {
        asked += 1;
        if (asked === 1) throw new Error('not yet');
        return { verdict: asked % 2 ? 'valid' : 'invalid' };
      },
      { privateKey: keys.privateKey },
    );
    const answers: string[] = [];
    const service = await outside.service('judge', async (body, response) => {
      await voter(body).catch(() => undefined);
      answers.push(await voter(body), await voter(body));
      response.end(`[${answers.join(',')}]`);
    });
    const result = await ask([{ ...service, publicKey: keys.publicKey }, here('a', 'invalid')], 0, {
      mode: 'agreement',
    });
    expect(result).toMatchObject({ consensusReached: true, verdict: 'invalid', equivocations: [] });
    expect(asked).toBe(2);
    expect(answers[0]).toBe(answers[1]);
  });

  it('keeps its last thousand votes in mind', async () => {
    let asked = 0;
    const voter = createVoter(
      () => {
        asked += 1;
        return { verdict: 'valid' };
      },
      { privateKey },
    );
    const input = { operation: { name: 'x' }, context: null, evaluatedAt: 1 };
    const ask = (i: number) =>
      voter(JSON.stringify(questionToJson({ ...input, validator: 'v', ballot: ballotOf(input, `r${i}`, 1) })));
    for (let i = 0; i < 1000; i += 1) await ask(i);
    await ask(0);
    expect(asked).toBe(1000);
    await ask(1000);
    await ask(1);
    expect(asked).toBe(1001);
    await ask(0);
    expect(asked).toBe(1002);
  });
});
