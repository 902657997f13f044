export { createInspector } from './inspector.ts';
export type { FileFacts, FileSystemPort } from './ports.ts';
export { type ProtectedPaths, protectedPathsFor } from './protected/places.ts';
export type { ActionInspector, InspectorInput } from './types.ts';
