import { isTable, join } from './spec.ts';
import type { Environment } from './types.ts';

/** Keys whose texts may hold `${NAME}`; what happens where NAME is unset. */
const PLACES: readonly { path: RegExp; unset: 'error' | 'off' }[] = [
  { path: /^approvals\.webhooks\.endpoint\[\d+\]\./, unset: 'off' },
  { path: /^security\.incident_response\.alerts\./, unset: 'off' },
  { path: /^audit\.storage\.connection_string$/, unset: 'error' },
];

export interface Expanded {
  readonly value: Record<string, unknown>;
  /** paths of values that are off, since their variable is unset */
  readonly off: readonly string[];
}

/** Replaces `${NAME}` in the texts that may hold it. An unset variable switches an endpoint off, or is an error. */
export function expandEnvironment(
  value: Record<string, unknown>,
  env: Environment,
  report: { error(path: string, message: string, hint?: string): void; warning(path: string, message: string): void },
): Expanded {
  if (!holdsVariable(value)) return { value, off: [] };
  const off: string[] = [];
  const walk = (node: unknown, path: string): unknown => {
    if (Array.isArray(node)) return node.map((one, index) => walk(one, `${path}[${index}]`));
    if (isTable(node))
      return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, walk(one, join(path, key))]));
    if (typeof node !== 'string' || !node.includes('${')) return node;
    const place = PLACES.find((one) => one.path.test(path));
    if (!place) return node;
    return node.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
      const set = env[name];
      if (set !== undefined && set !== '') return set;
      if (place.unset === 'error') report.error(path, `the environment variable ${name} is not set`);
      else {
        off.push(path);
        report.warning(path, `off, since the environment variable ${name} is not set`);
      }
      return whole;
    });
  };
  return { value: walk(value, '') as Record<string, unknown>, off };
}

/** Most configurations name no variable at all: those are passed on as they are. */
function holdsVariable(node: unknown): boolean {
  if (typeof node === 'string') return node.includes('${');
  if (Array.isArray(node)) return node.some(holdsVariable);
  return isTable(node) && Object.values(node).some(holdsVariable);
}
