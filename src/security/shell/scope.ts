/** What a variable holds: its text, or a pattern that the names of files it may hold match. */
export interface Value {
  readonly text: string;
  readonly glob: boolean;
}

/** Some number that isn't known. It is compared by identity: its text stands for nothing. */
export const A_NUMBER: Value = { text: '', glob: true };

/** What is known of the shell at one place of a line: where it stands and what its variables hold. */
export interface Scope {
  readonly home: string;
  /** the folders that it may stand in, absolute or relative to where the line starts; undefined: nobody knows */
  cwds: readonly string[] | undefined;
  /** the variables whose value is known; a variable that isn't here may hold anything */
  readonly variables: Map<string, Value>;
}

/** More folders than these at one place, and nobody is said to know. */
const MAX_CWDS = 8;

/** A subshell begins with a copy, and what it changes is forgotten. */
export function copyScope(scope: Scope): Scope {
  return { ...scope, variables: new Map(scope.variables) };
}

/** After a branch that may have run or not: both may hold, and only what they agree on is known. */
export function mergeInto(scope: Scope, other: Scope): void {
  scope.cwds =
    scope.cwds === undefined || other.cwds === undefined ? undefined : [...new Set([...scope.cwds, ...other.cwds])];
  if (scope.cwds !== undefined && scope.cwds.length > MAX_CWDS) scope.cwds = undefined;
  for (const [name, value] of scope.variables) {
    const there = other.variables.get(name);
    if (there?.text !== value.text || there.glob !== value.glob) scope.variables.delete(name);
  }
}
