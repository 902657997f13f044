import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEED_BYTES } from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type OpenKey, openKey } from './approver-key-files.ts';
import { writeKeyFile } from './write-key-file.ts';

const KIND = 'ggen-governance agent key v1';

/**
 * Keys of agents that decide by themselves: nobody is there to type a passphrase, so that who can read the file can
 * sign. Folder 0700, files 0600; apart from people's keys, which lie sealed.
 */
export interface AgentKeyFiles {
  create(agent: string): OpenKey;
  list(): OpenKey[];
}

export function createAgentKeyFiles(keysDir: string): AgentKeyFiles {
  const folder = join(keysDir, 'agents');
  return {
    create: (agent) => {
      const seed = randomBytes(SEED_BYTES);
      const opened = openKey(agent, seed);
      const name = opened.key.fingerprint.replace(/^SHA256:/, '').replaceAll(/[^A-Za-z0-9]/g, '');
      const file = { kind: KIND, agent, public_key: opened.key.text, seed: seed.toString('base64') };
      try {
        writeKeyFile(join(folder, `${name}.json`), `${JSON.stringify(file, null, 2)}\n`);
      } catch (error) {
        throw unusable(folder, error);
      }
      return opened;
    },
    list: () => namesIn(folder).map((name) => read(join(folder, name))),
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

function read(path: string): OpenKey {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path);
    throw unusable(path, error);
  }
  const { kind, agent, seed } = file ?? {};
  const bytes = Buffer.from(typeof seed === 'string' ? seed : '', 'base64');
  if (kind !== KIND || typeof agent !== 'string' || bytes.length !== SEED_BYTES) throw damaged(path);
  return openKey(agent, bytes);
}

function damaged(path: string): GgenError {
  return new GgenError('STORE_UNAVAILABLE', `${path} is no key of an agent`, {
    hint: 'restore the file from a backup, or move it away',
  });
}

function unusable(path: string, error: unknown): GgenError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return new GgenError('STORE_UNAVAILABLE', `agents' keys in ${path} could not be used: ${code}`, {
    hint: 'this user must own the folder and be able to write it',
    cause: error,
  });
}
