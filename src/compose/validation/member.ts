import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signVote, type Validate, type ValidationInput, type ValidatorVote } from '../../consensus/index.ts';
import { publicBytesOf, publicKeyFrom } from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { commandAsker } from './ask-command.ts';
import { httpAsker } from './ask-over-http.ts';
import type { Member, OperationValidator } from './types.ts';

/** A validator as it is given, ready to be asked. INPUT_INVALID where it can't be. */
export function memberOf(validator: OperationValidator): Member {
  const { id } = validator;
  const ways = ['validate', 'command', 'url'].filter((way) => way in validator);
  if (ways.length !== 1) {
    throw refusal(id, `is asked in exactly one way: validate, command or url${ways.length ? ', not several' : ''}`);
  }
  if ('validate' in validator) {
    const key = validator.privateKey === undefined ? newKey() : privateKeyOf(id, validator.privateKey);
    return {
      id,
      publicKey: publicBytesOf(key).toString('base64'),
      ask: async ({ ballot, validator: name, ...input }, hear) => {
        hear([await voteOn(validator.validate, { ...input, ballot, validator: name }, key)]);
      },
    };
  }
  const publicKey = publicKeyOf(id, validator.publicKey);
  if ('command' in validator) {
    if (!validator.command[0]) throw refusal(id, 'has no program to run: command is empty');
    return { id, publicKey, ask: commandAsker(validator) };
  }
  const url = URL.parse(validator.url);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw refusal(id, 'url must be an http or https URL');
  return { id, publicKey, ask: httpAsker(validator) };
}

/** Asks a function and signs what it says. INPUT_INVALID for what is no verdict. */
export async function voteOn(
  validate: Validate,
  { validator, ballot, operation, context, evaluatedAt }: ValidationInput & Pick<ValidatorVote, 'validator' | 'ballot'>,
  key: KeyObject,
): Promise<ValidatorVote> {
  const { verdict, findings = [] } = await validate({ operation, context, evaluatedAt });
  if (verdict !== 'valid' && verdict !== 'invalid') throw new GgenError('INPUT_INVALID', 'that is no verdict');
  const texts = findings.map((finding) => printable(String(finding), 500));
  return signVote({ validator, ballot, verdict, findings: texts }, key);
}

/** An Ed25519 key from PKCS #8 PEM. INPUT_INVALID, without a word of the text, where it is none. */
export function privateKeyOf(id: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without what OpenSSL says: it may quote the key.
  }
  throw new GgenError(
    'INPUT_INVALID',
    `the private key of validator ${printable(id)} is no Ed25519 key in PKCS #8 PEM`,
  );
}

/** 32 bytes in base64. */
function publicKeyOf(id: string, text: string | undefined): string {
  const bytes = text?.includes('-----BEGIN PUBLIC KEY-----') ? bytesOfPem(text) : Buffer.from(text ?? '', 'base64');
  if (bytes !== undefined && publicKeyFrom(bytes) !== undefined) return bytes.toString('base64');
  throw refusal(id, 'publicKey is no Ed25519 key: 32 bytes in base64, or PEM');
}

function bytesOfPem(pem: string): Buffer | undefined {
  try {
    const { kty, crv, x } = createPublicKey(pem).export({ format: 'jwk' });
    return kty === 'OKP' && crv === 'Ed25519' ? Buffer.from(String(x), 'base64url') : undefined;
  } catch {
    return undefined;
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

function refusal(id: string, why: string): GgenError {
  return new GgenError('INPUT_INVALID', `validator ${JSON.stringify(printable(id))}: ${why}`);
}
