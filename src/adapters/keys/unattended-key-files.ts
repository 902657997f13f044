import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyNamespace, SLACK_NAMESPACE, VOTE_NAMESPACE } from '../../approvals/index.ts';
import { SEED_BYTES } from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type OpenKey, openKey } from './approver-key-files.ts';
import { writeKeyFile } from './write-key-file.ts';

/**
 * Keys that sign while nobody is there to type a passphrase, so that who can read the file can sign. Folder 0700, files
 * 0600; apart from people's keys, which lie sealed.
 */
export interface UnattendedKeyFiles {
  create(holder: string): OpenKey;
  list(): OpenKey[];
}

/** What one kind of them is for. A file of one kind is none of another. */
interface KeyKind {
  readonly folder: string;
  readonly kind: string;
  /** what the file calls its holder */
  readonly holder: 'agent' | 'approver';
  readonly namespace: KeyNamespace;
}

const AGENT: KeyKind = {
  folder: 'agents',
  kind: 'ggen-governance agent key v1',
  holder: 'agent',
  namespace: VOTE_NAMESPACE,
};
const SLACK: KeyKind = {
  folder: 'slack-relay',
  kind: 'ggen-governance slack relay key v1',
  holder: 'approver',
  namespace: SLACK_NAMESPACE,
};

/** Keys of agents that decide by themselves. */
export function createAgentKeyFiles(keysDir: string): UnattendedKeyFiles {
  return createKeyFiles(keysDir, AGENT);
}

/** Keys that pass people's clicks in Slack on: they sign votes by way of Slack, and none in person. */
export function createRelayKeyFiles(keysDir: string): UnattendedKeyFiles {
  return createKeyFiles(keysDir, SLACK);
}

function createKeyFiles(keysDir: string, what: KeyKind): UnattendedKeyFiles {
  const folder = join(keysDir, what.folder);
  return {
    create: (holder) => {
      const seed = randomBytes(SEED_BYTES);
      const opened = openKey(holder, seed, what.namespace);
      const name = opened.key.fingerprint.replace(/^SHA256:/, '').replaceAll(/[^A-Za-z0-9]/g, '');
      const file = {
        kind: what.kind,
        [what.holder]: holder,
        public_key: opened.key.text,
        seed: seed.toString('base64'),
      };
      try {
        writeKeyFile(join(folder, `${name}.json`), `${JSON.stringify(file, null, 2)}\n`);
      } catch (error) {
        throw unusable(folder, error);
      }
      return opened;
    },
    list: () => namesIn(folder).map((name) => read(join(folder, name), what)),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unusable(folder, error);
  }
}

function read(path: string, what: KeyKind): OpenKey {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, what);
    throw unusable(path, error);
  }
  const { kind, seed } = file ?? {};
  const holder = file?.[what.holder];
  const bytes = Buffer.from(typeof seed === 'string' ? seed : '', 'base64');
  if (kind !== what.kind || typeof holder !== 'string' || bytes.length !== SEED_BYTES) throw damaged(path, what);
  return openKey(holder, bytes, what.namespace);
}

function damaged(path: string, { holder }: KeyKind): GgenError {
  const what = holder === 'agent' ? 'of an agent' : 'that passes clicks on';
  return new GgenError('STORE_UNAVAILABLE', `${path} is no key ${what}`, {
    hint: 'restore the file from a backup, or move it away',
  });
}

function unusable(path: string, error: unknown): GgenError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return new GgenError('STORE_UNAVAILABLE', `unattended keys in ${path} could not be used: ${code}`, {
    hint: 'this user must own the folder and be able to write it',
    cause: error,
  });
}
