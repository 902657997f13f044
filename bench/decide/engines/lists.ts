// What the rivals share: the world as closures. Each engine decides which of them to call, and when.
import picomatch from 'picomatch';
import { type Agent, globText, type Request, type World } from '../world.ts';
import type { Engine, Verdict } from './engine.ts';

export type Test = (target: string) => boolean;

export const globTest = (text: string): Test => picomatch(text, { dot: true });
export const prefixTest =
  (words: string): Test =>
  (target) =>
    target === words || target.startsWith(`${words} `);
export const domainTest = (domain: string): Test =>
  domain.startsWith('*.') ? (host) => host.endsWith(domain.slice(1)) : (host) => host === domain;

/** What each kind of request needs: one of `can`, none of `cannot`, and approval where `ask` says so. */
export interface Lists {
  readonly can: readonly Test[];
  readonly cannot: readonly Test[];
  readonly ask: (target: string) => boolean;
}

export function listsFor(world: World, agent: Agent): Readonly<Record<Request['kind'], Lists>> {
  const never = (): boolean => false;
  const globs = (list: Agent['canRead']): Test[] => list.map((glob) => globTest(globText(glob)));
  const write = { can: globs(agent.canWrite), cannot: globs(agent.cannotWrite) };
  const shared = [...world.commands, ...world.askedCommands].map(prefixTest);
  const asked = world.askedCommands.map(prefixTest);
  const exactly = (names: readonly string[]): Test[] => names.map((name) => (target) => target === name);
  return {
    read_file: { can: globs(agent.canRead), cannot: globs(agent.cannotRead), ask: never },
    write_file: { ...write, ask: never },
    delete_file: { ...write, ask: () => true },
    execute_shell: {
      can: agent.canExecute.map(prefixTest),
      cannot: [(target) => !shared.some((test) => test(target))],
      ask: (target) => asked.some((test) => test(target)),
    },
    http_request: {
      can: world.allowedDomains.map(domainTest),
      cannot: world.blockedDomains.map(domainTest),
      ask: never,
    },
    call_tool: { can: exactly(agent.canCall), cannot: exactly(agent.cannotCall), ask: never },
  };
}

/** What an engine is asked about: hosts are parsed for the rivals beforehand. */
export const subjectOf = (request: Request): string =>
  request.kind === 'http_request' ? request.host : request.target;

/** A plain loop over closures, list after list: what one writes without an engine, and the oracle of the others. */
export function loadPicomatch(world: World): Engine {
  const agents = new Map(world.agents.map((agent) => [agent.name, listsFor(world, agent)]));
  return {
    name: 'picomatch loop',
    prepare(request) {
      const target = subjectOf(request);
      return (): Verdict => {
        const { can, cannot, ask } = agents.get(request.agent)![request.kind];
        for (const test of cannot) if (test(target)) return 'denied';
        for (const test of can) if (test(target)) return ask(target) ? 'requires_approval' : 'allowed';
        return 'denied';
      };
    },
  };
}
