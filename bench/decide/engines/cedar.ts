import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Agent, Glob, Kind, World } from '../world.ts';
import type { Engine } from './engine.ts';
import { subjectOf } from './lists.ts';

const quote = JSON.stringify;
const TARGET = 'context.target';
const like = (pattern: string): string => `${TARGET} like ${quote(pattern)}`;

/** A glob in Cedar, whose `*` crosses slashes. */
function globCondition(glob: Glob): string {
  switch (glob.shape) {
    case 'tree':
      return like(`${glob.dir}/*`);
    case 'files':
      return `(${like(`${glob.dir}/*.${glob.ext}`)} && !(${like(`${glob.dir}/*/*`)}))`;
    case 'deep':
      return like(`${glob.dir}/*.${glob.ext}`);
    case 'file':
      return `${TARGET} == ${quote(glob.path)}`;
    case 'anywhere':
      return `${like(`${glob.dir}/*`)} || ${like(`*/${glob.dir}/*`)}`;
    case 'type':
      return like(`*.${glob.ext}`);
    case 'middle':
      return `(${like(`${glob.dir}/*/${glob.file}`)} && !(${like(`${glob.dir}/*/*/${glob.file}`)}))`;
  }
}
const prefixCondition = (words: string): string => `${TARGET} == ${quote(words)} || ${like(`${words} *`)}`;
const domainCondition = (domain: string): string =>
  domain.startsWith('*.') ? like(domain) : `${TARGET} == ${quote(domain)}`;
const equalCondition = (name: string): string => `${TARGET} == ${quote(name)}`;
const any = (conditions: readonly string[]): string => (conditions.length ? conditions.join(' || ') : 'false');

interface Rules {
  readonly can: string;
  readonly cannot: string;
  readonly ask: string;
}

function rulesFor(world: World, agent: Agent): Record<Kind, Rules> {
  const write = { can: any(agent.canWrite.map(globCondition)), cannot: any(agent.cannotWrite.map(globCondition)) };
  const shared = any([...world.commands, ...world.askedCommands].map(prefixCondition));
  return {
    read_file: {
      can: any(agent.canRead.map(globCondition)),
      cannot: any(agent.cannotRead.map(globCondition)),
      ask: 'false',
    },
    write_file: { ...write, ask: 'false' },
    delete_file: { ...write, ask: 'true' },
    execute_shell: {
      can: any(agent.canExecute.map(prefixCondition)),
      cannot: `!(${shared})`,
      ask: any(world.askedCommands.map(prefixCondition)),
    },
    http_request: {
      can: any(world.allowedDomains.map(domainCondition)),
      cannot: any(world.blockedDomains.map(domainCondition)),
      ask: 'false',
    },
    call_tool: {
      can: any(agent.canCall.map(equalCondition)),
      cannot: any(agent.cannotCall.map(equalCondition)),
      ask: 'false',
    },
  };
}

/** A preparsed set for each agent and action: the fastest of the ways to use it that were tried. */
export function loadCedar(world: World): Engine {
  for (const agent of world.agents) {
    for (const [kind, { can, cannot, ask }] of Object.entries(rulesFor(world, agent))) {
      const staticPolicies = {
        may: `permit(principal, action, resource) when { ${can} };`,
        ask: `permit(principal, action, resource) when { (${ask}) && (${can}) };`,
        deny: `forbid(principal, action, resource) when { ${cannot} };`,
      };
      const answer = cedar.preparsePolicySet(`${world.rules} ${agent.name} ${kind}`, { staticPolicies });
      if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    }
  }
  const id = { type: 'T', id: 't' };
  return {
    name: 'cedar-wasm, preparsed per agent and action',
    prepare(request) {
      const call = {
        principal: { type: 'Agent', id: request.agent },
        action: { type: 'Action', id: request.kind },
        resource: id,
        context: { target: subjectOf(request) },
        preparsedPolicySetId: `${world.rules} ${request.agent} ${request.kind}`,
        entities: [],
      };
      return () => {
        const answer = cedar.statefulIsAuthorized(call);
        if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
        const { decision, diagnostics } = answer.response;
        if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
        if (decision !== 'allow') return 'denied';
        return diagnostics.reason.includes('ask') ? 'requires_approval' : 'allowed';
      };
    },
  };
}
