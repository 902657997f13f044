import { splitLiteralCommand } from '../kernel/shell-words.ts';
import type { Finding, PartEvidence, UrlEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';

/**
 * What can be said of a target without looking at the world: its lexical normal form. The governor always inspects
 * instead; this serves callers of the bare engine. INVARIANT: a target that has no normal form yields no path, argv
 * or url, and so no list can match it.
 */
export function lexicalPart(spec: OperationSpec, target: string, workspace: string, findings: Finding[]): PartEvidence {
  const actionType = spec.name;
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
      return lexicalPath(actionType, target, workspace, findings);
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

function lexicalPath(actionType: string, target: string, workspace: string, findings: Finding[]): PartEvidence {
  const path = normalPath(target, workspace);
  if (path !== undefined) return { actionType, target, path };
  findings.push({
    kind: 'path',
    rule: 'policies.security.path_traversal_protection',
    severity: 'block',
    message: 'the path leaves the workspace',
  });
  return { actionType, target };
}

/** Relative to the workspace, or absolute where it lies outside; undefined where `..` or `~user` leads out. */
export function normalPath(target: string, workspace: string): string | undefined {
  if (isPlain(target)) return target;
  const text = target.normalize('NFC');
  if (text.startsWith('~')) return undefined;
  const absolute = text.startsWith('/');
  const kept: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined && !absolute) return undefined;
  }
  if (!absolute) return kept.join('/');
  const full = `/${kept.join('/')}`;
  if (full === workspace) return '';
  return full.startsWith(`${workspace}/`) ? full.slice(workspace.length + 1) : full;
}

/** A relative ASCII path without empty, `.` or `..` segments: already in normal form, the common case. */
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
      if (c >= 0x7f || (c === 126 && i === 0)) return false;
      segment += 1;
      if (c === 46) dots += 1;
    }
  }
  return segment > 0 && !(dots === segment && dots <= 2);
}

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 };

export function lexicalUrl(target: string): UrlEvidence | undefined {
  const simple = /^(https?|wss?):\/\/([a-z0-9.-]+)(?:\/|$)/.exec(target);
  if (simple && !/^[0-9.]+$|^0x|\.0x/.test(simple[2]!)) {
    return { host: simple[2]!, scheme: simple[1]!, port: PORTS[`${simple[1]}:`]! };
  }
  try {
    const url = new URL(target);
    const port = PORTS[url.protocol];
    if (port === undefined || url.username !== '' || url.password !== '') return undefined;
    return { host: url.hostname, scheme: url.protocol.slice(0, -1), port: url.port === '' ? port : Number(url.port) };
  } catch {
    return undefined;
  }
}
