/** What the pure floors need from the outside world: the time and randomness. */

/** Milliseconds since 1970, UTC. */
export type Clock = () => number;

/** Fills and returns `size` random bytes. */
export type RandomBytes = (size: number) => Uint8Array;
