import { type ConfigFileKind, jsonSchema } from '../json-schema.ts';
import type { ConfigFile } from '../types.ts';
import { CODING_AGENT } from './coding-agent.ts';
import { PLATFORM } from './platform.ts';

export const PROFILES = ['coding-agent', 'platform'] as const;
export type Profile = (typeof PROFILES)[number];

const KINDS: readonly ConfigFileKind[] = ['governance', 'approvals', 'audit'];

/** The files that `ggen-mcp init` writes: a commented set, and a JSON Schema beside each for editors. */
export function initFiles(profile: Profile): ConfigFile[] {
  const texts = profile === 'platform' ? PLATFORM : CODING_AGENT;
  return KINDS.flatMap((kind) => [
    { name: `${kind}.toml`, text: texts[kind] },
    { name: `${kind}.schema.json`, text: `${JSON.stringify(jsonSchema(kind), null, 2)}\n` },
  ]);
}
