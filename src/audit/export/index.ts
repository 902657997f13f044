export * from './csv-format.ts';
export * from './export-entry.ts';
export * from './export-reader.ts';
export * from './json-format.ts';
export * from './proof-tiles.ts';
export * from './verify-export.ts';
