import type { Argument } from '../shell/index.ts';
import type { Judge } from './analysis.ts';
import { touch } from './touches.ts';

const HTTP = /^https?:\/\//i;
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** `user@host:path`, as ssh and git take it */
const SCP = /^(?:[^/@:\s]+@)?([^/:@\s]+):(?!:)/;
/** what git takes for a host by its colon, and can't be read as one here */
const UNCLEAR_HOST = /^[^/]*:/;
const PORTS: Readonly<Record<string, number>> = {
  ssh: 22,
  git: 9418,
  'git+ssh': 22,
  'ssh+git': 22,
  sftp: 22,
  ftp: 21,
  ftps: 990,
};

/** Records where a word leads out to: a URL, a host, a repository, or a folder of this machine. */
export function reach(
  judge: Judge,
  kind: 'URL' | 'REMOTE',
  argument: Argument,
  cwds: readonly string[] | undefined,
): void {
  const { text } = argument;
  const start = /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?\//i.exec(text)?.[0];
  if (argument.kind === 'partial' && start !== undefined) {
    judge.result.urls.push({ target: start });
    return;
  }
  if (argument.kind !== 'literal') {
    judge.ask(argument, 'where it connects to can not be known before it runs');
    return;
  }
  if (HTTP.test(text)) {
    judge.result.urls.push({ target: text });
    return;
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (/^file:/i.test(text)) {
    judge.ask(argument, 'a file is read by its URL');
    touch(judge, 'read', { ...argument, text: text.replace(/^file:(?:\/\/localhost(?=\/))?\/*/i, '/') }, cwds);
    return;
  }
  if (scheme !== undefined) {
    const port = PORTS[scheme];
    const host = /^[a-z+]+:\/\/(?:[^/@]*@)?([A-Za-z0-9.-]+)(?::\d+)?(?:\/|$)/i.exec(text)?.[1];
    if (port === undefined || host === undefined)
      judge.deny(argument, `"${scheme}:" leads where nothing can be judged`);
    else judge.result.urls.push({ target: text, url: { host: host.toLowerCase(), scheme, port } });
    return;
  }
  if (kind === 'URL') {
    // curl takes what has no scheme for http.
    judge.result.urls.push({ target: `http://${text}` });
    return;
  }
  if (/^[A-Za-z0-9+.-]+::/.test(text)) {
    judge.deny(argument, 'a transport of its own can run any program');
    return;
  }
  const host = SCP.exec(text)?.[1];
  if (host !== undefined) {
    judge.result.urls.push({ target: text, url: { host: host.toLowerCase(), scheme: 'ssh', port: 22 } });
  } else if (UNCLEAR_HOST.test(text)) judge.deny(argument, 'the host that it names can not be read');
  else if (/[/~]/.test(text) || text === '.' || text === '..') touch(judge, 'read', argument, cwds);
}
