import type { Request, World } from '../world.ts';

export type Verdict = 'allowed' | 'requires_approval' | 'denied';

/** One engine with the world's rules loaded, ready to be asked. */
export interface Engine {
  readonly name: string;
  /** asked once for each request before anything is timed, so that no engine pays for building its input */
  prepare(request: Request): () => Verdict;
}

export type Loader = (world: World) => Promise<Engine> | Engine;
