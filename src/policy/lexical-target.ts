import { splitLiteralCommand } from '../kernel/shell-words.ts';
import type { Finding, PartEvidence, UrlEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';

/** What a path is relative to; all absolute. */
export interface Place {
  readonly workspace: string;
  readonly home: string;
  /** where relative paths start: absolute, or relative to the workspace; default the workspace */
  readonly cwd?: string | undefined;
}

/**
 * What can be said of a target without looking at the world: its lexical normal form. The governor always inspects
 * instead; this serves callers of the bare engine. INVARIANT: a target that has no normal form yields no path, argv
 * or url, and so no list can match it.
 */
export function lexicalPart(spec: OperationSpec, target: string, place: Place, findings: Finding[]): PartEvidence {
  const actionType = spec.name;
  if (spec.target === 'path' && place.cwd === undefined && isPlain(target)) return { actionType, target, path: target };
  const bad = firstUnusable(target);
  if (bad !== undefined) {
    findings.push({
      kind: 'input',
      rule: 'policies.security.input_validation',
      severity: 'block',
      message: `the target holds the character U+${bad.toString(16).toUpperCase().padStart(4, '0')}`,
    });
    return { actionType, target };
  }
  switch (spec.target) {
    case 'path':
      return lexicalPath(actionType, target, place, findings);
    case 'command': {
      const words = splitLiteralCommand(target);
      if (words.ok) return { actionType, target, argv: words.argv };
      findings.push({
        kind: 'command',
        rule: 'policies.security.command_injection_protection',
        severity: 'block',
        message: `not one simple command of literal words: ${words.reason} (column ${words.column})`,
      });
      return { actionType, target };
    }
    case 'url': {
      const url = lexicalUrl(target);
      if (url) return { actionType, target, url };
      findings.push({
        kind: 'network',
        rule: 'builtin.unusable-url',
        severity: 'block',
        message: 'not a usable http, https, ws or wss URL',
      });
      return { actionType, target };
    }
    case 'name':
      return { actionType, target };
  }
}

function firstUnusable(text: string): number | undefined {
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c >= 0x20 && c < 0x7f) continue;
    if (c < 0x20 || c < 0xa0 || c === 0x2028 || c === 0x2029) return c;
    if (c >= 0xd800 && c <= 0xdfff && !text.isWellFormed()) return c;
  }
  return undefined;
}

function lexicalPath(actionType: string, target: string, place: Place, findings: Finding[]): PartEvidence {
  const path = normalPath(target, place);
  if (typeof path === 'string') return { actionType, target, path };
  findings.push({
    kind: 'path',
    rule: 'policies.security.path_traversal_protection',
    severity: 'block',
    message: path.why,
  });
  return { actionType, target };
}

export interface NoPath {
  /** a clause for people */
  readonly why: string;
}
const EMPTY: NoPath = { why: 'the path is empty' };
const OUTSIDE: NoPath = { why: 'the path leaves the workspace' };
const SOMEONE: NoPath = { why: 'the path starts with the home directory of somebody; name the folder itself' };

/**
 * The form that policy matches: relative to the workspace (`''` is the workspace itself), or absolute where the path
 * lies outside, in NFC. No form where it is empty, begins with `~user`, or `..` leads out of the workspace.
 */
export function normalPath(target: string, place: Place): string | NoPath {
  if (place.cwd === undefined && isPlain(target)) return target;
  if (target === '') return EMPTY;
  const { workspace } = place;
  const text = expandHome(target.normalize('NFC'), place.home);
  if (text.startsWith('~')) return SOMEONE;
  if (text.startsWith('/')) return climb([], text, place);
  if (place.cwd === undefined) return climb(segmentsOf(workspace), text, place);
  const base = normalPath(place.cwd, { workspace, home: place.home });
  if (typeof base !== 'string') return base;
  return climb(segmentsOf(base.startsWith('/') ? base : `${workspace}/${base}`), text, place);
}

/** Walks `text` from `start`; whoever was inside the workspace on the way must be so at the end. */
function climb(start: readonly string[], text: string, { workspace }: Place): string | NoPath {
  const root = segmentsOf(workspace);
  const kept = [...start];
  const inside = (): boolean => root.every((segment, index) => kept[index] === segment);
  let entered = false;
  let left = false;
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') {
      entered ||= inside();
      kept.pop();
      left ||= entered && !inside();
    } else kept.push(segment);
  }
  if (inside()) return left ? OUTSIDE : kept.slice(root.length).join('/');
  return left ? OUTSIDE : `/${kept.join('/')}`;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

/** A relative path of printable ASCII without empty, `.` or `..` segments: in normal form, and the common case. */
function isPlain(path: string): boolean {
  let segment = 0;
  let dots = 0;
  for (let i = 0; i < path.length; i += 1) {
    const c = path.charCodeAt(i);
    if (c === 47) {
      if (segment === 0 || (dots === segment && dots <= 2)) return false;
      segment = 0;
      dots = 0;
    } else {
      if (c < 0x20 || c >= 0x7f || (c === 126 && i === 0)) return false;
      segment += 1;
      if (c === 46) dots += 1;
    }
  }
  return segment > 0 && !(dots === segment && dots <= 2);
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 };

export function lexicalUrl(target: string): UrlEvidence | undefined {
  const simple = /^(https?|wss?):\/\/((?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*)(?:\/|$)/.exec(target);
  if (simple && !simple[2]!.includes('xn--')) {
    return { host: simple[2]!, scheme: simple[1]!, port: PORTS[`${simple[1]}:`]! };
  }
  // THREAT: the WHATWG parser mends what other parsers read differently: `https:host`, `\\`, an empty user name.
  if (!/^[a-z]+:\/\/[^/\\?#@]+(?:[/?#]|$)/i.test(target) || /[\\ ]/.test(target)) return undefined;
  const url = URL.parse(target);
  const port = url === null ? undefined : PORTS[url.protocol];
  if (url === null || port === undefined || url.hostname === '') return undefined;
  return { host: url.hostname, scheme: url.protocol.slice(0, -1), port: url.port === '' ? port : Number(url.port) };
}
