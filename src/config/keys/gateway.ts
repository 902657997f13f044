import type { GatewayConfig, ToolMapping } from '../../model/configuration.ts';
import { boolean, found, integer, optionalText, type Spec, text } from '../spec.ts';
import { list, table } from '../spec-tables.ts';
import { texts } from './texts.ts';

/** One name or a list of names. */
const names = (doc: string): Spec<readonly string[]> => ({
  ...texts(doc),
  accepts: 'a text or a list of texts',
  schema: () => ({ description: doc, oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }),
  read(value, path, report) {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value as string[];
    report.error(path, `expected a text or a list of texts, found ${found(value)}`);
    return [];
  },
});

const tool = table<ToolMapping>('Which operation a call of an MCP tool is.', {
  server: text('Short name of the server, or *.', { default: '*', nonEmpty: true }),
  tool: text('Name of the tool.', { default: '', nonEmpty: true, required: true }),
  operation: text('Name of the operation.', { default: 'call_tool', nonEmpty: true }),
  target: names('Arguments that hold targets; the first is the main one.'),
  alsoOperation: optionalText('Operation of the targets in also.'),
  also: names('Arguments that hold further targets.'),
  content: optionalText('Argument that holds the content written.'),
});

export const gateway = table<GatewayConfig>('The doors.', {
  claudeCode: table('Claude Code.', {
    interactiveAsk: boolean('Put a single approval to the person at the client’s own prompt; recorded as unverified.', {
      default: false,
    }),
  }),
  mcp: table('MCP proxy.', {
    approvalWaitSeconds: integer('How long a call waits for a decision; many clients give up after 60 s.', {
      default: 50,
      min: 0,
      max: 86_400,
    }),
  }),
  tool: list('Tools.', tool, { absent: (): readonly ToolMapping[] => [] }),
});
