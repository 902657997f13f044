import { newEnforcer, newModelFromString } from 'casbin';
import { type Agent, globText, type World } from '../world.ts';
import type { Engine } from './engine.ts';
import { domainTest, globTest, listsFor, prefixTest, subjectOf, type Test } from './lists.ts';

const MODEL = `
[request_definition]
r = act, target
[policy_definition]
p = act, pattern, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && fits(r.act, r.target, p.pattern)
`;

/** One enforcer for each agent; the approval step is a lookup beside it. */
export async function loadCasbin(world: World): Promise<Engine> {
  const tests = new Map<string, Test>();
  const testFor = (act: string, pattern: string): Test => {
    const key = `${act} ${pattern}`;
    let test = tests.get(key);
    if (!test) {
      if (act === 'execute_shell') test = prefixTest(pattern);
      else if (act === 'http_request') test = domainTest(pattern);
      else test = act === 'call_tool' ? (target) => target === pattern : globTest(pattern);
      tests.set(key, test);
    }
    return test;
  };
  const enforcers = new Map(
    await Promise.all(
      world.agents.map(async (agent) => {
        const enforcer = await newEnforcer(newModelFromString(MODEL));
        enforcer.enableLog(false);
        enforcer.addFunction('fits', (act: string, target: string, pattern: string) => testFor(act, pattern)(target));
        await enforcer.addPolicies(policies(world, agent));
        const { delete_file, execute_shell } = listsFor(world, agent);
        const shared = execute_shell.cannot[0]!;
        return [agent.name, { enforcer, shared, asks: { delete_file, execute_shell } }] as const;
      }),
    ),
  );
  return {
    name: 'casbin, enforcer per agent',
    prepare(request) {
      const target = subjectOf(request);
      return () => {
        const { enforcer, shared, asks } = enforcers.get(request.agent)!;
        if (request.kind === 'execute_shell' && shared(target)) return 'denied';
        if (!enforcer.enforceSync(request.kind, target)) return 'denied';
        const lists = asks[request.kind as keyof typeof asks];
        return lists?.ask(target) ? 'requires_approval' : 'allowed';
      };
    },
  };
}

function policies(world: World, agent: Agent): string[][] {
  const rows = (act: string, patterns: readonly string[], effect: string): string[][] =>
    patterns.map((pattern) => [act, pattern, effect]);
  const write = [...agent.canWrite.map(globText)];
  const notWrite = [...agent.cannotWrite.map(globText)];
  const all = [
    ...rows('read_file', agent.canRead.map(globText), 'allow'),
    ...rows('read_file', agent.cannotRead.map(globText), 'deny'),
    ...['write_file', 'delete_file'].flatMap((act) => [...rows(act, write, 'allow'), ...rows(act, notWrite, 'deny')]),
    ...rows('execute_shell', agent.canExecute, 'allow'),
    ...rows('http_request', world.allowedDomains, 'allow'),
    ...rows('http_request', world.blockedDomains, 'deny'),
    ...rows('call_tool', agent.canCall, 'allow'),
    ...rows('call_tool', agent.cannotCall, 'deny'),
  ];
  // casbin refuses a policy that is there already
  return [...new Map(all.map((row) => [row.join('\n'), row])).values()];
}
