import { describe, expect, it } from 'vitest';
import type { Finding } from '../../model/evidence.ts';
import { inspectSparql } from './inspect-sparql.ts';

function rulesOf(text: string): string[] {
  const findings: Finding[] = [];
  inspectSparql(text, findings);
  return findings.map((finding) => `${finding.severity} ${finding.rule}`);
}

describe('what execute_sparql carries', () => {
  it.each([
    'SELECT ?s WHERE { ?s ?p ?o }',
    'ask { <a> <b> <c> }',
    'PREFIX x: <y> CONSTRUCT { ?s ?p 1 } WHERE {}',
    'saved-query',
  ])('%s only reads', (text) => expect(rulesOf(text)).toEqual([]));

  it.each([
    'DELETE WHERE { ?s ?p ?o }',
    'drop all',
    'INSERT DATA { <a> <b> <c> }',
    'PREFIX x: <y>\nWITH <g> DELETE { } WHERE { }',
    'CLEAR GRAPH <g>',
    'LOAD <http://x>',
    'SELECT * { SERVICE <http://evil> { ?s ?p ?o } }',
    'select ?s { } ; Create graph <x>',
  ])('%s is refused, whatever the lists say of queries', (text) => {
    expect(rulesOf(text)).toEqual(['block builtin.sparql-update']);
  });
});
