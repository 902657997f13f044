import type { Finding } from '../../model/evidence.ts';

const UPDATE = /\b(insert|delete|load|clear|create|drop|copy|move|add|with)\b/i;
const SERVICE = /\bservice\b/i;

/**
 * SPARQL that `execute_sparql` may carry only reads the graph. Update is `modify_graph`, and SERVICE calls outside: both
 * have operations of their own and are refused here, by the words alone. A word of Update in a comment, an IRI or a
 * literal refuses too: what is asked for can be asked as `modify_graph`, and is judged as that.
 *
 * A query may also be named rather than written out (`query` alone): a target without any word of SPARQL passes.
 */
export function inspectSparql(text: string, findings: Finding[]): void {
  const word = UPDATE.exec(text)?.[0] ?? SERVICE.exec(text)?.[0];
  if (word === undefined) return;
  const message = `the word ${word.toUpperCase()} is not part of a plain query: ask for modify_graph, or for http_request`;
  findings.push({ kind: 'input', rule: 'builtin.sparql-update', severity: 'block', message });
}
