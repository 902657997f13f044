import type { CustomOperation } from '../../model/configuration.ts';
import { oneOf, text } from '../spec.ts';
import { list, record, table } from '../spec-tables.ts';

const operation = table<CustomOperation>('An operation of your own.', {
  target: oneOf('What its target is.', ['path', 'command', 'url', 'name'], { default: 'name' }),
  access: oneOf('Which bounds it needs.', ['read', 'write', 'execute', 'connect', 'call'], { default: 'call' }),
  classes: list(
    'Its classes.',
    oneOf('A class.', ['read_only', 'destructive', 'external_call', 'high_risk'], { default: 'high_risk' }),
    { absent: (): CustomOperation['classes'] => [] },
  ),
  domain: text('Its domain, for approvers.', { default: 'custom' }),
});

/** `[operations.NAME]` */
export const operations = record('Operations of your own, by name.', operation, {
  keys: /^[a-z][a-z0-9_]{0,63}$/,
  keysAre: 'operation name (lower case, digits and _)',
});
