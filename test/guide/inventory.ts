import { parse } from 'smol-toml';
import type { Block } from './guide.ts';

/** Everything that one block of the guide promises: keys, command lines, or types and their members. */
export function inventoryOf(block: Block): string[] {
  if (block.language === 'toml') return tomlKeys(block.text);
  if (block.language === 'bash') return commandLines(block.text);
  return rustNames(block.text);
}

/** A key that the guide shows commented out: `# connection_string = "…"`. */
const COMMENTED_KEY = /^# ([a-z_]+ = .*)$/gm;

/** The dotted path of every key that holds a value; arrays of tables count as one table. */
export function tomlKeys(text: string): string[] {
  const found = new Set<string>();
  visit(parse(text.replace(COMMENTED_KEY, '$1')), '');
  return [...found];

  function visit(value: unknown, path: string): void {
    if (Array.isArray(value) && value.length > 0 && value.every(isTable)) {
      for (const item of value) visit(item, path);
    } else if (isTable(value)) {
      for (const [key, member] of Object.entries(value)) visit(member, path === '' ? key : `${path}.${key}`);
    } else found.add(path);
  }
}

/** The command lines of a shell block, continuation lines joined, comments and blank lines dropped. */
export function commandLines(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Which type a variable of the guide's samples holds. */
const RECEIVERS: Readonly<Record<string, string>> = {
  engine: 'PolicyEngine',
  manager: 'ApprovalManager',
  logger: 'AuditLogger',
  security: 'SecurityAgent',
  validator: 'ByzantineValidator',
  monitor: 'SecurityMonitor',
};

/** Types of Rust's own world, which promise nothing about ours. */
const FOREIGN = new Set([
  'Box',
  'Duration',
  'DateTime',
  'Ok',
  'Option',
  'Path',
  'Result',
  'Self',
  'Some',
  'Utc',
  'Uuid',
]);

/** `PolicyEngine::from_file`, `AuditEntry.id`, `AuditQuery.limit()`: the names of a Rust block that are the system's. */
export function rustNames(text: string): string[] {
  const found = new Set<string>();
  const code = text.replace(/"(?:\\.|[^"\\])*"|\/\/.*$|\/\*.*?\*\//gm, (piece) => (piece.startsWith('"') ? '""' : ''));
  for (const [, list = ''] of code.matchAll(/use ggen_\w+::\{?([^;}]+)\}?;/g))
    for (const name of list.split(',')) if (name.trim() !== '') found.add(name.trim());
  for (const [, owner = '', member = ''] of code.matchAll(/\b([A-Z]\w+)::(\w+)/g))
    if (!FOREIGN.has(owner)) found.add(owner).add(`${owner}::${member}`);
  for (const [, variable = '', method = ''] of code.matchAll(/\b([a-z]\w+)\.(\w+)\(/g)) {
    const owner = RECEIVERS[variable];
    if (owner) found.add(`${owner}.${method}()`);
  }
  if (code.includes('AuditQuery::new()')) {
    const chain = /AuditQuery::new\(\)([^;]+);/.exec(code)?.[1] ?? '';
    for (const [, method] of chain.matchAll(/^\s*\.(\w+)\(/gm)) found.add(`AuditQuery.${method}()`);
  }
  for (const [, method] of code.matchAll(/\bresult\.(\w+)\(\)/g)) found.add(`ValidationOutcome.${method}()`);
  if (code.includes('events.recv()')) found.add('SecurityMonitor.subscribe().recv()');
  for (const { owner, body } of braces(code)) {
    if (!owner.includes('::')) found.add(owner);
    for (const member of members(body)) found.add(`${owner}${member}`);
  }
  return [...found];
}

/** Every `Name { … }` of the code with what stands between its own braces, deeper ones blanked out. */
function* braces(code: string): Generator<{ owner: string; body: string }> {
  const opening = /(?:(pub (?:struct|enum)|impl Default for|->)\s+)?\b([A-Z]\w*(?:::[A-Z]\w*)?) \{/g;
  for (const match of code.matchAll(opening)) {
    const owner = match[2] ?? '';
    if (FOREIGN.has(owner) || match[1] === '->' || match[1] === 'impl Default for') continue;
    yield { owner, body: bodyAt(code, match.index + match[0].length) };
  }
  const defaults = /impl Default for (\w+)[\s\S]*?\n\s+Self \{/.exec(code);
  if (defaults) yield { owner: defaults[1] ?? '', body: bodyAt(code, defaults.index + defaults[0].length) };
}

function bodyAt(code: string, start: number): string {
  let depth = 0;
  let body = '';
  for (let i = start; i < code.length; i += 1) {
    const c = code[i] ?? '';
    if (c === '}' && depth === 0) break;
    if ('{([<'.includes(c)) depth += 1;
    else if ('})]'.includes(c) || (c === '>' && code[i - 1] !== '-' && code[i - 1] !== '=')) depth -= 1;
    else if (depth === 0) body += c;
  }
  return body;
}

function members(body: string): string[] {
  return body
    .split(',')
    .map((part) => part.trim())
    .flatMap((part) => {
      const field = /^(?:pub )?([a-z]\w*)\s*(?::(?!:)|$)/.exec(part)?.[1];
      if (field) return [`.${field}`];
      const variant = /^([A-Z]\w*)$/.exec(part)?.[1];
      return variant ? [`::${variant}`] : [];
    });
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
