export { createFileWitness, type FileWitness } from './file-witness.ts';
