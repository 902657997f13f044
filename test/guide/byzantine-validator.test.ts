import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initFiles } from '../../src/config/index.ts';
import { questionFromJson, signVote, voteToJson } from '../../src/consensus/index.ts';
import {
  AuditLogger,
  AuditQuery,
  BuiltInChecks,
  type ByzantineFault,
  ByzantineValidator,
  type ByzantineValidatorOptions,
  type OperationValidator,
} from '../../src/index.ts';
import { type Folder, openFolder } from './folder.ts';
import { ROOT } from './guide.ts';

const operation = { name: 'publish_template', parameters: { template_id: 'rest-api-auth' } };
const says = (id: string, verdict: 'valid' | 'invalid', ...findings: string[]): OperationValidator => ({
  id,
  validate: () => ({ verdict, findings }),
});
const seven = (...faulty: OperationValidator[]): OperationValidator[] => [
  ...faulty,
  ...Array.from({ length: 7 - faulty.length }, (_, i) => says(`honest-${i}`, 'valid')),
];
const validatorOf = (validators: OperationValidator[], more: Partial<ByzantineValidatorOptions> = {}) =>
  new ByzantineValidator({ validators, f: 3, mode: 'deterministic', ...more });

describe('Byzantine Fault Tolerance', () => {
  it('ByzantineValidator of seven with three faulty ones reaches consensus on what the honest ones say', async () => {
    const validator = validatorOf(seven());
    const result = await validator.validateOperation(operation);
    expect(result.consensusReached).toBe(true);
    expect(result.verdict).toBe('valid');
    expect(validator.threshold).toBe(4);
  });

  it('is refused for judgement, with the smallest number that would do', () => {
    expect(() => validatorOf(seven(), { mode: 'agreement' })).toThrow(/7 validators can't tolerate 3 faulty ones/);
    expect(() => validatorOf([says('a', 'valid'), says('a', 'valid')], { f: 0 })).toThrow(/must differ/);
    expect(() => validatorOf([{ ...says('a', 'valid'), privateKey: 'secret words' }], { f: 0 })).toThrow(
      /^the private key of validator a is no Ed25519 key in PKCS #8 PEM$/,
    );
  });

  it('is refused for what can’t be asked, or would vote twice', () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const ask = (bad: unknown, more: Partial<ByzantineValidatorOptions> = {}) =>
      validatorOf([says('a', 'valid'), bad as OperationValidator], { f: 0, ...more });
    const publicKey = validatorOf([{ ...says('k', 'valid'), privateKey: pem }], { f: 0 }).validatorSet.k!;
    const small = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString('base64');
    const refused: [() => unknown, RegExp][] = [
      [() => new ByzantineValidator(undefined as never), /^ByzantineValidator: must be an object$/],
      [() => new ByzantineValidator({} as never), /^ByzantineValidator: validators is missing \(it is a list\)$/],
      [
        () => ask(says('b', 'valid'), { f: undefined as never }),
        /^ByzantineValidator: f is missing \(it is a number\)$/,
      ],
      [() => ask(says('b', 'valid'), { mode: 'x' as never }), /^mode must be "deterministic" or "agreement", not "x"$/],
      [() => ask(says('b', 'valid'), { record: 'x' as never }), /record must be a function/],
      [() => ask(undefined), /^validators\[1\]: must be an object$/],
      [() => ask({ validate: () => ({ verdict: 'valid' }) }), /^validators\[1\]: id is missing/],
      [() => ask({ id: 'b', validate: 'x' }), /^validators\[1\]: validate must be a function$/],
      [() => ask({ id: 'b', validate: undefined }), /^validators\[1\]: validate is missing/],
      [() => ask({ id: 'b', command: 'x', publicKey }), /^validators\[1\]: command must be a list of strings$/],
      [() => ask({ id: 'b', url: 7, publicKey }), /^validators\[1\]: url must be a string$/],
      [() => ask({ id: 'b', url: 'https://x', publicKey: 7 }), /^validators\[1\]: publicKey must be a string$/],
      [() => ask({ id: 'b' }), /validator "b": is asked in exactly one way/],
      [() => ask({ id: 'b', url: 'https://x', command: ['x'], publicKey }), /exactly one way.*not several/],
      [() => ask({ id: 'b', command: [], publicKey }), /no program to run/],
      [() => ask({ id: 'b', url: 'ftp://x', publicKey }), /http or https URL/],
      [() => ask({ id: 'b', url: 'https://x' }), /publicKey is no Ed25519 key/],
      [() => ask({ id: 'b', url: 'https://x', publicKey: small }), /publicKey is no Ed25519 key/],
      [() => ask({ id: 'b', url: 'https://x', publicKey: pem }), /publicKey is no Ed25519 key/],
      [() => ask({ ...says('b', 'valid') }, { timeoutMs: 0 }), /timeoutMs must be a whole number from 1/],
      [() => ask({ ...says('b', 'valid') }, { timeoutMs: 2 ** 31 }), /to 2147483647/],
      [() => ask({ ...says('b', 'valid') }, { epoch: 0.5 }), /epoch must be a whole number/],
      [() => ask(says('b\n', 'valid')), /none of control: "b\\/],
      [() => ask(says('b'.repeat(201), 'valid')), /1 to 200 characters/],
      [
        () =>
          validatorOf(
            [
              { ...says('b', 'valid'), privateKey: pem },
              { id: 'c', url: 'https://x', publicKey },
            ],
            { f: 0 },
          ),
        /validators b and c have the same key/,
      ],
    ];
    for (const [make, message] of refused) {
      expect(make).toThrow(message);
      expect(make).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    }
  });

  it('shows each the same, whatever another does to it', async () => {
    const bends: OperationValidator = {
      id: 'bends',
      validate: ({ operation: given }) => {
        (given.parameters as Record<string, unknown>).template_id = 'another';
        return { verdict: 'valid' };
      },
    };
    const looks: OperationValidator = {
      id: 'looks',
      validate: async ({ operation: given }) => ({
        verdict: given.parameters?.template_id === 'rest-api-auth' ? 'valid' : 'invalid',
      }),
    };
    const result = await validatorOf([bends, looks, { ...looks, id: 'too' }], { f: 1 }).validateOperation(operation);
    expect(result).toMatchObject({ verdict: 'valid', missing: ['bends'] });
    expect(operation.parameters.template_id).toBe('rest-api-auth');
  });

  it('stays right and in time where three of them lie, crash or stall', async () => {
    const crash: OperationValidator = { id: 'crashes', validate: () => Promise.reject(new Error('boom')) };
    const stall: OperationValidator = {
      id: 'stalls',
      validate: () => delay(60_000, { verdict: 'invalid' }, { ref: false }) as never,
    };
    const result = await validatorOf(seven(says('lies', 'invalid', 'made up'), crash, stall)).validateOperation(
      operation,
    );
    expect(result).toMatchObject({ consensusReached: true, verdict: 'valid' });
    expect(result.missing).toContain('stalls');
    expect(result.dissent.map(({ validator, findings }) => [validator, ...findings])).toEqual([['lies', 'made up']]);
  });

  it('reaches none where too many fail, as soon as that is certain or the time is over', async () => {
    const crashes = Array.from(
      { length: 4 },
      (_, i): OperationValidator => ({ id: `c${i}`, validate: () => ({ verdict: 'maybe' }) as never }),
    );
    const none = await validatorOf(seven(...crashes)).validateOperation(operation);
    expect(none).toMatchObject({ consensusReached: false, verdict: undefined, certificate: undefined });
    const stalls = Array.from(
      { length: 4 },
      (_, i): OperationValidator => ({
        id: `s${i}`,
        validate: () => delay(60_000, undefined, { ref: false }) as never,
      }),
    );
    const late = await validatorOf(seven(...stalls), { timeoutMs: 50 }).validateOperation(operation);
    expect(late).toMatchObject({ consensusReached: false, missing: ['s0', 's1', 's2', 's3'] });
  });

  it('gives all the same input, and a certificate that proves itself to whoever has the keys', async () => {
    const seen: unknown[] = [];
    const watching = seven({
      id: 'watches',
      validate: (input) => {
        seen.push(input);
        return { verdict: 'valid' };
      },
      privateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    const validator = validatorOf(watching);
    const { certificate } = await validator.validateOperation(operation, { budget: 7 });
    expect(seen).toEqual([{ operation, context: { budget: 7 }, evaluatedAt: certificate!.ballot.evaluatedAt }]);
    const copied = JSON.parse(JSON.stringify(certificate));
    expect(ByzantineValidator.isCertificate(copied, validator.validatorSet, validator.threshold)).toBe(true);
    expect(ByzantineValidator.isCertificate({ ...copied, verdict: 'invalid' }, validator.validatorSet, 4)).toBe(false);
    expect(ByzantineValidator.isCertificate(copied, validatorOf(seven()).validatorSet, 4)).toBe(false);
  });
});

describe('ByzantineValidator over a configuration', () => {
  it('of seven that run its built-in checks decides whether to publish', async () => {
    const folder = openFolder();
    const checks = BuiltInChecks.fromFile(folder.path('config/governance.toml'), { workspace: folder.workspace });
    const validators = Array.from({ length: 7 }, (_, i) => ({ id: `v${i}`, validate: checks.all }));
    const validator = new ByzantineValidator({ validators, f: 3, mode: 'deterministic' });
    const publish = (score: number) =>
      checks.question(
        {
          actionType: 'publish_template',
          target: 'rest-api-auth',
          requester: 'template_executor',
          parameters: { template_id: 'rest-api-auth' },
          context: { measures: { validation_score: score, test_coverage: 0.9, tests: 12 } },
        },
        { budget: [], replay: { id: 'n1', used: [] }, approved: true },
      );
    for (const [score, verdict] of [
      [0.9, 'valid'],
      [0.7, 'invalid'],
    ] as const) {
      const question = publish(score);
      expect(question.operation).toEqual(operation);
      const result = await validator.validateOperation(question.operation, question.context);
      expect(result).toMatchObject({ consensusReached: true, verdict });
    }
    folder.remove();
  });
});

describe('the example of the guide', () => {
  it('holds under the configuration that init writes, and says why where it does not', async () => {
    const guide = readFileSync(join(ROOT, 'docs/guide/approvals.md'), 'utf8');
    const [, facts] = /checks\.question\(action, (\{.*\})\);/.exec(guide)!;
    expect(facts).toBe('{ state: {}, budget: [], replay: { id: nonce, used } }');
    const files = initFiles('coding-agent').map(({ name, text: written }) => [name, written] as const);
    const folder = openFolder(Object.fromEntries(files));
    const checks = BuiltInChecks.fromFile(folder.path('config/governance.toml'), { workspace: folder.workspace });
    const validator = validatorOf(Array.from({ length: 7 }, (_, i) => ({ id: `v${i}`, validate: checks.all })));
    const action = { actionType: 'write_file', target: 'notes/a.md', requester: 'somebody', content: 'Beans.' };
    const judge = async (more: object) => {
      const question = checks.question(action, { budget: [], replay: { id: 'n', used: [] }, ...more });
      return await validator.validateOperation(question.operation, question.context);
    };
    expect(await judge({ state: {} })).toMatchObject({ consensusReached: true, verdict: 'valid' });
    const { verdict, certificate } = await judge({});
    expect(verdict).toBe('invalid');
    expect(certificate!.votes[0]!.findings).toEqual([expect.stringMatching(/^policy: context\.state is missing/)]);
    await expect(validator.validateOperation({} as never)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: 'an operation: name is missing (it is a string)',
    });
    folder.remove();
  });
});

describe('the record of a consensus', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = openFolder();
  });
  afterEach(() => folder.remove());

  it('stands in the audit trail, with votes that prove it', async () => {
    const logger = AuditLogger.fromConfig(folder.path('config/approvals.toml'), { workspace: folder.workspace });
    const secret = 'ghp_0123456789abcdefABCDEF0123456789abcd';
    const talks = says('talks', 'valid', `token = "${secret}"`);
    const validator = validatorOf(seven(talks, says('lies', 'invalid', 'no')), {
      record: (entry) => logger.log(entry),
    });
    const { certificate } = await validator.validateOperation(operation);
    const [entry] = await logger.query(new AuditQuery().limit(1));
    expect(entry).toMatchObject({
      operation,
      result: 'success',
      metadata: {
        event: 'consensus',
        consensus_reached: true,
        verdict: 'valid',
        threshold: 4,
        ballot: { request_id: certificate!.ballot.requestId, epoch: 1 },
      },
    });
    // Nothing is needed but the log and the keys; that a finding was masked takes nothing from the proof.
    expect(JSON.stringify(entry)).not.toContain(secret);
    const found = ByzantineValidator.certificateIn(entry!)!;
    expect(found.votes.map((vote) => vote.validator)).toContain('talks');
    const { validatorSet, threshold } = validator;
    const subject = { epoch: 1, operation, context: null };
    expect(ByzantineValidator.isCertificate(found, validatorSet, threshold, subject)).toBe(true);
    const forged = { ...entry!, metadata: { ...entry!.metadata, verdict: 'invalid' } };
    const other = ByzantineValidator.certificateIn(forged)!;
    expect(ByzantineValidator.isCertificate(other, validatorSet, threshold)).toBe(false);
    expect(ByzantineValidator.faultIn(entry!)).toBeUndefined();
    await logger.close();
  });

  it('has what proves a validator’s fault, and no certificate where there is none', async () => {
    const logger = AuditLogger.fromConfig(folder.path('config/approvals.toml'), { workspace: folder.workspace });
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const server = createServer((request, response) => {
      text(request).then((body) => {
        const { ballot } = questionFromJson(JSON.parse(body));
        // A faulty one that says something like a secret: the proof against it stands all the same.
        const findings = ['token = "ghp_0123456789abcdefABCDEF0123456789abcd"'];
        const votes = (['invalid', 'valid'] as const).map((verdict) =>
          voteToJson(signVote({ validator: 'two-faced', ballot, verdict, findings }, privateKey)),
        );
        response.end(JSON.stringify(votes));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const faults: ByzantineFault[] = [];
    const validator = new ByzantineValidator({
      validators: [
        {
          id: 'two-faced',
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
          publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
          allowPrivate: true,
        },
        says('a', 'valid'),
      ],
      f: 0,
      mode: 'agreement',
      record: (entry) => logger.log(entry),
      onFault: (fault) => faults.push(fault),
    });
    await validator.validateOperation(operation);
    server.close();
    const [fault, consensus] = await logger.query(new AuditQuery().limit(2));
    expect(faults.map(({ agentId }) => agentId)).toEqual(['two-faced']);
    expect(fault).toMatchObject({
      eventType: 'security_incident',
      actor: { actorType: 'agent', id: 'two-faced' },
      metadata: { event: 'byzantine_fault', validator: 'two-faced' },
      correlationId: faults[0]!.proof.first.ballot.requestId,
    });
    expect(JSON.stringify(fault)).not.toContain('ghp_');
    const proof = ByzantineValidator.faultIn(fault!)!;
    expect(ByzantineValidator.isEquivocation(proof, validator.validatorSet)).toBe(true);
    expect(ByzantineValidator.isEquivocation({ ...proof, second: proof.first }, validator.validatorSet)).toBe(false);
    expect(consensus!.metadata).toMatchObject({ consensus_reached: false, equivocations: ['two-faced'] });
    expect(ByzantineValidator.certificateIn(consensus!)).toBeUndefined();
    await logger.close();
  });
});
