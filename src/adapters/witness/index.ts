export { createFileWitness } from './file-witness.ts';
