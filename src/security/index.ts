export { createInspector } from './inspector.ts';
export { type AddressKind, addressKind, withoutEmbedding } from './network/host-addresses.ts';
export { inspectPath } from './paths/inspect-path.ts';
export type { FileFacts, FileSystemPort } from './ports.ts';
export { checkProgramTables, type ProgramProblem } from './programs/index.ts';
export { type ProtectedPaths, protectedPathsFor, STORE_SUFFIXES } from './protected/places.ts';
export { createFileScanner, type FileScanner, type ScanFinding } from './scan/index.ts';
export { checkSecretPatterns, type PatternProblem } from './secrets/check-patterns.ts';
export type { ActionInspector, InspectorInput } from './types.ts';
