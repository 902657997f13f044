import type { ServerTable } from './types.ts';

/** mcp-server-fetch. */
export const FETCH: ServerTable = {
  server: 'fetch',
  rows: [{ tool: 'fetch', operation: 'http_request', target: ['url'] }],
};
