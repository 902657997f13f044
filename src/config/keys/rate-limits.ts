import { join } from '../key-path.ts';
import { found, integer, isTable, type Spec } from '../spec.ts';

const KEY = /^([a-z0-9][a-z0-9_-]{0,63})_requests_per_minute$/;
const limit = integer('Requests per minute; 0 is unlimited.', { default: 0, min: 0, max: 1_000_000 });

/** `<provider>_requests_per_minute` keys, by provider. */
export const rateLimits: Spec<Readonly<Record<string, number>>> = {
  doc: 'Requests per minute and provider, as <provider>_requests_per_minute; 0 is unlimited.',
  accepts: 'a table of <provider>_requests_per_minute = whole number',
  kind: 'record',
  keys: KEY,
  item: limit,
  absent: () => ({}),
  schema: () => ({
    description: rateLimits.doc,
    type: 'object',
    patternProperties: { [KEY.source]: limit.schema() },
    additionalProperties: false,
  }),
  read(value, path, report) {
    if (!isTable(value)) {
      report.error(path, `expected a table, found ${found(value)}`);
      return {};
    }
    const limits: Record<string, number> = {};
    for (const [key, one] of Object.entries(value)) {
      const provider = KEY.exec(key)?.[1];
      if (provider !== undefined) limits[provider] = limit.read(one, join(path, key), report);
      else report.error(join(path, key), `unknown key ${JSON.stringify(key)}`, 'as in anthropic_requests_per_minute');
    }
    return limits;
  },
};
