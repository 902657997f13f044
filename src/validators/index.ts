export { type BuiltInChecks, CHECK_NAMES, type CheckName, createChecks } from './built-in-checks.ts';
export { assertSameChecks } from './same-checks.ts';
