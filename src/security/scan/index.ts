export { createPatternScanner, type PatternScanner } from './own-patterns.ts';
export { createFileScanner, type FileScanner, type ScanFinding } from './scan-bytes.ts';
