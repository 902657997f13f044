import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SecurityAgent, type ValidationResult } from '../../api/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { forTerminal, printable } from '../../kernel/text.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { readLines } from '../line-reader.ts';

const MAX_LINE_BYTES = 1024 * 1024;

type Validate = (agent: SecurityAgent, text: string) => Promise<ValidationResult>;

/** What the three `security check-…` commands have in common; `what` is the word they take. */
export function securityCheck(
  what: 'COMMAND' | 'PATH' | 'URL',
  command: Pick<Command, 'usage' | 'summary' | 'details'> & { options?: Command['options'] },
  validate: (context: CommandContext) => Validate,
): Command {
  return {
    name: `security check-${what.toLowerCase()}`,
    ...command,
    options: {
      ...command.options,
      stdin: { type: 'boolean', about: `judge every line of standard input as a ${what.toLowerCase()}` },
      json: { type: 'boolean', about: 'one line {safe, reason, findings} for each' },
    },
    exits: '0 safe, 1 unsafe (with --stdin: one of them is), 2 not judged',
    positionals: [`${what}…`],
    async run(context) {
      const { positionals, rest, values } = context;
      const given = positionals.length + (rest === undefined ? 0 : 1) + (values.stdin ? 1 : 0);
      if (given !== 1) throw new GgenError('USAGE', `usage: ggen-mcp ${command.usage}`);
      const agent = openAgent(context);
      const check = validate(context);
      if (!values.stdin) {
        const result = rest === undefined ? await check(agent, positionals[0]!) : await agent.validateCommand(rest);
        context.print(render(result, values.json === true));
        return result.safe ? EXIT.ok : EXIT.no;
      }
      let unsafe = false;
      for await (const line of readLines(context.stdin, MAX_LINE_BYTES)) {
        if ('text' in line && line.text === '') continue;
        const result = 'text' in line ? await check(agent, line.text) : tooLong();
        unsafe ||= !result.safe;
        const text = render(result, values.json === true).replaceAll('\n', ' ');
        if (!context.stdout.write(`${forTerminal(text)}\n`))
          await new Promise((resolve) => context.stdout.once('drain', resolve));
      }
      return unsafe ? EXIT.no : EXIT.ok;
    },
  };
}

/** With the configuration where there is one; which it is goes to standard error, so that answers stay answers. */
function openAgent({ configDir, workspace, env, values, stderr }: CommandContext): SecurityAgent {
  const file = join(configDir, 'governance.toml');
  if (existsSync(file)) {
    stderr.write(`judged by ${printable(file, 500)}\n`);
    return SecurityAgent.fromFile(file, { workspace, env });
  }
  if (values.config !== undefined) throw new GgenError('CONFIG_MISSING', `no ${printable(file, 500)}`);
  stderr.write('judged by the secure defaults: no configuration here\n');
  return new SecurityAgent({ workspace, env });
}

function render(result: ValidationResult, json: boolean): string {
  const findings = result.findings ?? [];
  if (json) return JSON.stringify({ safe: result.safe, reason: result.safe ? null : result.reason, findings });
  const lines = findings.map(
    ({ severity, message, rule }) => `  ${severity === 'warn' ? 'warning: ' : ''}${printable(message, 500)} [${rule}]`,
  );
  return [result.safe ? 'safe' : 'unsafe', ...lines].join('\n');
}

function tooLong(): ValidationResult {
  const message = 'the line is longer than 1 MiB';
  return {
    safe: false,
    reason: message,
    findings: [{ kind: 'input', rule: 'builtin.unusable-input', severity: 'block', message }],
  };
}
