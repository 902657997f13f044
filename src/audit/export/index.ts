export * from './csv-format.ts';
export * from './export-entry.ts';
export * from './json-format.ts';
export * from './verify-export.ts';
