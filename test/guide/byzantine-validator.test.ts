import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AuditLogger,
  AuditQuery,
  ByzantineValidator,
  type ByzantineValidatorOptions,
  type OperationValidator,
} from '../../src/index.ts';
import { type Folder, openFolder } from './folder.ts';

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

describe('the record of a consensus', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = openFolder();
  });
  afterEach(() => folder.remove());

  it('stands in the audit trail, with votes that prove it', async () => {
    const logger = AuditLogger.fromConfig(folder.path('config/approvals.toml'), { workspace: folder.workspace });
    const validator = validatorOf(seven(says('lies', 'invalid', 'no')), { record: (entry) => logger.log(entry) });
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
        ballot: certificate!.ballot,
      },
    });
    const votes = (entry!.metadata.votes as { validator: string; findings: string[]; signature: string }[]).map(
      (vote) => ({
        ...vote,
        ballot: certificate!.ballot,
        verdict: 'valid' as const,
      }),
    );
    expect(ByzantineValidator.isCertificate({ ...certificate!, votes }, validator.validatorSet, 4)).toBe(true);
    await logger.close();
  });
});
