import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type FoundSecret,
  isRepository,
  newBaseline,
  readBaseline,
  scanSecrets,
  writeBaseline,
} from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { renderSarif } from '../sarif.ts';
import { loadPolicies } from './load-policies.ts';

const PROGRESS_MS = 500;

/** `ggen-mcp security scan`: secrets in files, in what is staged, or in all history. */
export const securityScan: Command = {
  name: 'security scan',
  usage:
    'security scan [PATH] [--staged | --history | --full] [--baseline FILE] [--write-baseline FILE] [--json | --sarif]',
  summary: 'look for secrets in files, in what is staged for a commit, or in all history',
  details:
    'Folders named node_modules and .git are left out, and so are binary files. A line with ggen:allow-secret in a comment is\n' +
    'not told. No secret is printed: a finding is its place, its rule, and a fingerprint that says nothing by itself.\n' +
    'A baseline may name files and folders that aren\'t searched: "paths": ["test/data"].',
  options: {
    staged: { type: 'boolean', about: 'the files of the next commit, as they are staged' },
    history: { type: 'boolean', about: 'every file of every commit, each content once' },
    full: { type: 'boolean', about: 'the files, and all history where there is some' },
    baseline: { type: 'string', value: 'FILE', about: 'findings in it are known and not told again' },
    'write-baseline': { type: 'string', value: 'FILE', about: 'write what is found as known' },
    json: { type: 'boolean', about: 'one finding a line' },
    sarif: { type: 'boolean', about: 'SARIF 2.1.0, as code hosts read it' },
  },
  exits: '0 nothing found, 1 something found, 2 not searched, or not everything',
  positionals: ['PATH…'],
  async run(context) {
    const { values, positionals, workspace } = context;
    if (positionals.length > 1) throw new GgenError('USAGE', 'one PATH is taken');
    if (values.staged && values.history)
      throw new GgenError('USAGE', '--staged and --history are two different things');
    if (values.json && values.sarif) throw new GgenError('USAGE', '--json and --sarif are two different forms');
    const path = resolve(workspace, positionals[0] ?? '.');
    if (!existsSync(path)) throw new GgenError('INPUT_INVALID', `there is no ${printable(path)}`);
    const configured = existsSync(join(context.configDir, 'governance.toml'));
    const patterns = configured ? loadPolicies(context).loaded.config.policies.security.secretPatterns.patterns : [];
    const target = values['write-baseline'];
    const baseline = values.baseline === undefined ? newBaseline() : readBaseline(resolve(String(values.baseline)));

    const findings: FoundSecret[] = [];
    const terminal = (context.stderr as { isTTY?: boolean }).isTTY === true;
    let files = 0;
    let unread = 0;
    let shown = performance.now();
    const onFile = (): void => {
      files += 1;
      if (!terminal || performance.now() - shown < PROGRESS_MS) return;
      shown = performance.now();
      context.stderr.write(`\r${files} files, ${findings.length} findings`);
    };
    const onUnreadable = (file: string, why: string): void => {
      unread += 1;
      context.stderr.write(`ggen-mcp: ${printable(file)} is not searched: ${printable(why)}\n`);
    };
    const sources: ('files' | 'staged' | 'history')[] = values.staged
      ? ['staged']
      : values.history
        ? ['history']
        : ['files'];
    if (values.full && isRepository(path)) sources.push('history');
    for (const from of sources) {
      for await (const finding of scanSecrets({ path, from, patterns, baseline, onFile, onUnreadable })) {
        findings.push(finding);
        if (values.json) context.print(JSON.stringify(asJson(finding)));
        else if (!values.sarif) context.print(asText(finding));
      }
    }
    if (terminal) context.stderr.write('\r\u001b[K');
    if (values.sarif) context.print(renderSarif(findings, '1'));
    else if (!values.json) {
      const known = target === undefined ? '' : `; written to ${String(target)} as known`;
      context.print(`${count(files, 'file')} searched, ${count(findings.length, 'finding')}${known}`);
    }
    if (target !== undefined) {
      writeBaseline(resolve(String(target)), baseline, findings);
      return EXIT.ok;
    }
    if (findings.length > 0) return EXIT.no;
    return unread > 0 ? EXIT.error : EXIT.ok;
  },
};

function asText({ path, line, column, title, rule, commit }: FoundSecret): string {
  const where = `${printable(path)}:${line}:${column}`;
  return `${where}  ${title} [${rule}]${commit === undefined ? '' : ` in ${commit.slice(0, 12)}`}`;
}

function asJson({ path, line, column, rule, title, commit, fingerprint }: FoundSecret): object {
  return { path, line, column, rule, title, ...(commit === undefined ? {} : { commit }), fingerprint };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
