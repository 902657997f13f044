import { Ability } from '@casl/ability';
import type { World } from '../world.ts';
import type { Engine } from './engine.ts';
import { listsFor, subjectOf, type Test } from './lists.ts';

/** One ability for each agent, conditions as closures, denials last since the last matching rule of CASL wins. */
export function loadCasl(world: World): Engine {
  const abilities = new Map(
    world.agents.map((agent) => {
      const lists = listsFor(world, agent);
      const rules = Object.entries(lists).flatMap(([action, { can, cannot, ask }]) => [
        ...can.map((conditions) => ({ action, subject: 'target', conditions })),
        {
          action,
          subject: 'target',
          conditions: (target: string) => ask(target) && can.some((test) => test(target)),
          reason: 'ask',
        },
        ...cannot.map((conditions) => ({ action, subject: 'target', conditions, inverted: true })),
      ]);
      const ability = new Ability(rules, {
        conditionsMatcher: (test: Test) => (object: { target: string }) => test(object.target),
        detectSubjectType: () => 'target',
      });
      return [agent.name, ability];
    }),
  );
  return {
    name: 'CASL, ability per agent',
    prepare(request) {
      const object = { target: subjectOf(request) };
      return () => {
        const rule = abilities.get(request.agent)!.relevantRuleFor(request.kind, object);
        if (!rule || rule.inverted) return 'denied';
        return rule.reason === 'ask' ? 'requires_approval' : 'allowed';
      };
    },
  };
}
