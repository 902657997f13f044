export * from './checkpoint.ts';
export * from './entry-leaf.ts';
export * from './hash-tree.ts';
export * from './proof-file.ts';
export * from './signed-note.ts';
export * from './tiles.ts';
export * from './tree-proofs.ts';
export * from './verify-proof.ts';
