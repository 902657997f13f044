import type { JsonObject } from '../kernel/json.ts';
import { approvers } from './keys/approvals.ts';
import { ROOT } from './root.ts';

export type ConfigFileKind = 'governance' | 'approvals' | 'audit';

const TABLES: Readonly<Record<ConfigFileKind, readonly string[]>> = {
  governance: ['policies', 'operations', 'security', 'compliance', 'gateway'],
  approvals: ['approvals', 'approvers'],
  audit: ['audit'],
};

/** JSON Schema (draft 2020-12) of one configuration file, so that editors complete and check it. */
export function jsonSchema(kind: ConfigFileKind): JsonObject {
  const properties: Record<string, JsonObject> = {};
  for (const name of TABLES[kind]) {
    properties[name] = name === 'approvers' ? approvers.schema() : ROOT.members!.get(name)!.schema();
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `${kind}.toml of ggen governance`,
    type: 'object',
    additionalProperties: false,
    properties,
  };
}
