import type { ServerTable } from './types.ts';

/**
 * @modelcontextprotocol/server-memory. All its tools are judged by name, `memory/create_entities`, so that
 * `can_call = ["memory/*"]` governs them; what would be stored is searched for secrets.
 */
export const MEMORY: ServerTable = {
  server: 'memory',
  rows: [
    { tool: 'create_entities', operation: 'call_tool', content: 'entities' },
    { tool: 'create_relations', operation: 'call_tool', content: 'relations' },
    { tool: 'add_observations', operation: 'call_tool', content: 'observations' },
    { tool: 'delete_entities', operation: 'call_tool' },
    { tool: 'delete_observations', operation: 'call_tool' },
    { tool: 'delete_relations', operation: 'call_tool' },
    { tool: 'read_graph', operation: 'call_tool' },
    { tool: 'search_nodes', operation: 'call_tool' },
    { tool: 'open_nodes', operation: 'call_tool' },
  ],
};
