export { isSameName } from '../kernel/same-name.ts';
