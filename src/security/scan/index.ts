export { createFileScanner, type FileScanner, type ScanFinding } from './scan-bytes.ts';
