import type { PathPattern } from './pattern.ts';

/**
 * True only where `outer` surely matches everything that `inner` matches: sound, but not complete. A subtree without
 * stars covers whatever begins with its segments; otherwise only the same pattern counts.
 */
export function covers(outer: PathPattern, inner: PathPattern): boolean {
  if (outer.absolute !== inner.absolute) return false;
  if (outer.subtree && !outer.segments.some((segment) => segment.includes('*'))) {
    const inside = outer.segments.every((segment, index) => inner.segments[index] === segment);
    return inside && (inner.segments.length > outer.segments.length || inner.subtree);
  }
  return (
    outer.subtree === inner.subtree &&
    outer.segments.length === inner.segments.length &&
    outer.segments.every((segment, index) => segment === inner.segments[index])
  );
}
