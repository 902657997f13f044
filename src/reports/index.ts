export * from './audit-report/index.ts';
