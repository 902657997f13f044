export { type ProxyOptions, runProxy } from './run-proxy.ts';
export { type ServerCommand, serverFromCommand } from './server-name.ts';
export { READY_MADE_TABLES, type ServerTable, type ToolRow } from './tables/index.ts';
export { type MappedCall, mapToolCall, type ServerFacts } from './tool-mapping.ts';
