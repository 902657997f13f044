export { createLogKeys, type LogKeyFolder } from './log-keys.ts';
