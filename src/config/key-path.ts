/** One step of a path: a key of a table, or the index of a list. */
export type PathStep = string | number;

/** Path of a member: bare where TOML allows it bare, quoted otherwise. */
export function join(path: string, key: string): string {
  const shown = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? shown : `${path}.${shown}`;
}

const STEP = /\.?(?:([A-Za-z0-9_-]+)|("(?:[^"\\]|\\.)*"))|\[(\d{1,9})\]/y;

/**
 * The steps of a path as `join` writes it, `policies.agents."a b".can_read[0]`, as far as it is such a path;
 * `whole` says whether that is all of it.
 */
export function splitPath(path: string): { steps: PathStep[]; whole: boolean } {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const start = STEP.lastIndex;
    const match = STEP.exec(path);
    const step = match === null ? undefined : stepOf(match);
    // A dot stands between a key and what is before it, and nowhere else.
    const dotted = path[start] === '.';
    if (step === undefined || (typeof step === 'string' && dotted !== start > 0)) return { steps, whole: false };
    steps.push(step);
  }
  return { steps, whole: steps.length > 0 };
}

function stepOf([, bare, quoted, index]: RegExpExecArray): PathStep | undefined {
  if (index !== undefined) return Number(index);
  if (bare !== undefined) return bare;
  try {
    return JSON.parse(quoted!) as string;
  } catch {
    return undefined;
  }
}
