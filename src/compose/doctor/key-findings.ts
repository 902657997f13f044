import { readdirSync, realpathSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, sep } from 'node:path';
import { createAgentKeyFiles, createApproverKeyFiles, createRelayKeyFiles } from '../../adapters/keys/index.ts';
import { printable } from '../../kernel/text.ts';
import { displayPath } from '../config-files.ts';
import type { Places } from '../places.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

/** Who else could sign what only an approver should. */
export function keyFindings({ keysDir, workspace }: Places): Finding[] {
  const holders = (keys: readonly { readonly approver: string }[]): string[] => [
    ...new Set(keys.map(({ approver }) => approver)),
  ];
  const people = holders(createApproverKeyFiles(keysDir).list());
  const agents = holders([...createAgentKeyFiles(keysDir).list(), ...createRelayKeyFiles(keysDir).list()]);
  const found = [...placeOf(keysDir, workspace), ...openFiles(keysDir), ...sameUser(people, agents, workspace)];
  const here = [...people, ...agents].map((name) => printable(name, 100)).join(', ');
  return found.length > 0 ? found : [ok('keys', here === '' ? 'no approver’s key lies here' : `keys here: ${here}`)];
}

/** DESIGN §6 rule 8: agents write in the workspace, and could put another key in the place of one that lies there. */
function placeOf(keysDir: string, workspace: string): Finding[] {
  const real = realpathOrSame(keysDir);
  if (real !== workspace && !real.startsWith(workspace + sep)) return [];
  const hint = 'GGEN_HOME, or your home, must be a folder outside the workspace';
  return [fault('keys', `signing keys lie in the workspace, where agents write: ${displayPath(keysDir)}`, hint)];
}

/** What others than their owner can read, or replace. */
function openFiles(keysDir: string): Finding[] {
  return everyPathIn(keysDir).flatMap((path) => {
    const { mode, uid } = statSync(path);
    const owner = userInfo().uid;
    if (uid !== owner) return [fault('keys', `${displayPath(path)} belongs to another user`, `chown ${owner} it`)];
    if ((mode & 0o077) === 0) return [];
    const octal = (mode & 0o777).toString(8);
    return [fault('keys', `${displayPath(path)} is open to others (mode ${octal})`, 'chmod -R go= the folder of keys')];
  });
}

/**
 * An agent that runs as the user whose keys these are reads every file of theirs and sees what they type: a passphrase
 * keeps it from signing only while nobody types it.
 */
function sameUser(people: readonly string[], agents: readonly string[], workspace: string): Finding[] {
  const { uid, username } = userInfo();
  if (statSync(workspace).uid !== uid) return [];
  const names = (some: readonly string[]): string => some.map((name) => printable(name, 100)).join(', ');
  const who = `user ${printable(username, 100)}, to whom the workspace belongs`;
  return [
    ...(people.length === 0
      ? []
      : [
          warning(
            'same user',
            `the keys of ${names(people)} belong to ${who}: agents that run as that user are kept from signing by the passphrase alone`,
            'decide as another user or on another machine, or with a security key (keys enrol --ssh-key)',
          ),
        ]),
    ...(agents.length === 0
      ? []
      : [
          warning(
            'same user',
            `the unattended keys of ${names(agents)} belong to ${who}: an agent that runs as that user can sign as them`,
            'run `ggen-mcp worker`, with these keys, as another user',
          ),
        ]),
  ];
}

function everyPathIn(folder: string): string[] {
  try {
    const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    return [folder, ...inside];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function realpathOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
