import type { JsonObject } from '../kernel/json.ts';
import { approvers } from './keys/approvers.ts';
import { ROOT } from './root.ts';

export type ConfigFileKind = 'governance' | 'approvals' | 'audit';

/** Where each root table usually stands. */
const TABLES: Readonly<Record<ConfigFileKind, readonly string[]>> = {
  governance: ['policies', 'operations', 'security', 'compliance', 'gateway'],
  approvals: ['approvals', 'approvers'],
  audit: ['audit'],
};

/**
 * JSON Schema (draft 2020-12) of one configuration file, so that editors complete and check it. Root tables that usually
 * stand in another file are legal here too, but only named.
 */
export function jsonSchema(kind: ConfigFileKind): JsonObject {
  const properties: Record<string, JsonObject> = {};
  for (const [file, names] of Object.entries(TABLES)) {
    for (const name of names) {
      if (file !== kind) properties[name] = { description: `Usually in ${file}.toml.`, type: 'object' };
      else properties[name] = name === 'approvers' ? approvers.schema() : ROOT.members!.get(name)!.schema();
    }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `${kind}.toml of ggen governance`,
    type: 'object',
    additionalProperties: false,
    properties,
  };
}
