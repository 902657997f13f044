export { type ProxyOptions, runProxy } from './run-proxy.ts';
export { type MappedCall, mapToolCall, type ServerFacts } from './tool-mapping.ts';
