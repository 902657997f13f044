import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Action } from '../../model/action.ts';
import type { ToolMapping } from '../../model/configuration.ts';
import { createProxySession } from './proxy-session.ts';
import { scriptedSystem, type Verdict } from './scripted-system.fixture.ts';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly message?: string; readonly progress?: number; readonly progressToken?: unknown };
  readonly result?: { isError?: boolean; resultType?: string; content: { text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

interface Options {
  readonly tool?: readonly ToolMapping[];
  readonly waitSeconds?: number;
  readonly server?: string;
  readonly serverArgs?: readonly string[];
  readonly behind?: boolean;
}

function open(verdict: (action: Action) => Verdict = () => 'allow', options: Options = {}) {
  const scripted = scriptedSystem(verdict, options.tool);
  const toServer: string[] = [];
  const toClient: string[] = [];
  const session = createProxySession({
    system: scripted.system,
    agent: 'writer',
    session: 's1',
    provider: 'anthropic',
    server: options.server ?? 'everything',
    serverArgs: options.serverArgs ?? [],
    cwd: '/work',
    waitSeconds: options.waitSeconds,
    toServer: (bytes) => toServer.push(bytes.toString()),
    toClient: (bytes) => toClient.push(bytes.toString()),
    clientIsBehind: () => options.behind ?? false,
    onDecided: () => undefined,
    report: () => undefined,
  });
  const send = (value: unknown) =>
    session.fromClient(Buffer.from(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`));
  return {
    ...scripted,
    session,
    toServer,
    toClient,
    send,
    call: (id: unknown, name = 'echo', args: object = {}, more: object = {}) =>
      send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, ...more } }),
    answer: (value: unknown) => session.fromServer(Buffer.from(`${JSON.stringify(value)}\n`)),
    heard: (): Message[] => toClient.map((text) => JSON.parse(text) as Message),
    ids: () => toServer.map((text) => (JSON.parse(text) as Message).id ?? (JSON.parse(text) as Message).method),
  };
}

const tick = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an allowed call', () => {
  it('goes to the server as the very bytes it came in, and its end is recorded', async () => {
    const p = open();
    const line =
      '{ "method":"tools\\/call","params":{"arguments":{"n":9007199254740993,"e":"\\u00e9"},"name":"echo"}, "id":1.0,"jsonrpc":"2.0" }';
    p.send(line);
    await tick();
    expect(p.toServer).toEqual([`${line}\n`]);
    expect(p.judged[0]?.action).toEqual({
      actionType: 'call_tool',
      target: 'everything/echo',
      parameters: { n: { 'JSON number': '9007199254740993' }, e: 'é' },
      requester: 'writer',
      context: { door: 'mcp_proxy', cwd: '/work', session: 's1', provider: 'anthropic' },
    });
    p.answer({ jsonrpc: '2.0', id: 1, result: { content: [] } });
    await tick();
    expect(p.judged[0]?.outcome).toEqual({ result: 'success' });
  });

  it('that fails is recorded as failed', async () => {
    const p = open();
    p.call(1);
    p.call('a');
    await tick();
    p.answer({ id: 'a', error: { code: -1, message: 'no such thing' } });
    p.answer({ id: 1, result: { isError: true, content: [] } });
    await tick();
    expect(p.judged.map((j) => j.outcome)).toEqual([
      { result: 'failure', error: 'the tool reported an error' },
      { result: 'failure', error: 'no such thing' },
    ]);
  });

  it('stays in order with everything else the client sends', async () => {
    const p = open();
    p.send({ id: 1, method: 'tools/list' });
    p.call(2);
    p.send({ id: 3, method: 'ping' });
    p.call(4);
    p.send({ method: 'notifications/x' });
    await tick();
    expect(p.ids()).toEqual([1, 2, 3, 4, 'notifications/x']);
  });

  it('keeps its id for itself while it is under way', async () => {
    const p = open();
    p.call(1);
    p.call(1);
    await tick();
    p.call(1);
    p.send({ id: 1, method: 'tools/list' });
    await tick();
    expect(p.toServer).toHaveLength(1);
    expect(p.heard().map((m) => [m.id, m.error?.code])).toEqual([
      [1, -32600],
      [1, -32600],
      [1, -32600],
    ]);
    p.answer({ id: 1, result: {} });
    p.call(1);
    await tick();
    expect(p.toServer).toHaveLength(2);
  });

  it('without an id is judged all the same', async () => {
    const p = open((a) => (a.target.endsWith('echo') ? 'allow' : 'deny'));
    p.send({ method: 'tools/call', params: { name: 'echo' } });
    p.send({ method: 'tools/call', params: { name: 'other' } });
    await tick();
    expect(p.toServer).toHaveLength(1);
    expect(p.heard()).toEqual([]);
    expect(p.judged.map((j) => j.outcome?.result)).toEqual(['failure', undefined]);
  });
});

describe('a refused call', () => {
  it('is answered with a tool error that says why, and never reaches the server', async () => {
    const p = open(() => 'deny');
    p.call('x');
    p.call(2, 'echo', {}, { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });
    p.call(3, 'echo', {}, { task: { ttl: 1 } });
    await tick();
    expect(p.toServer).toEqual([]);
    const [first, second, third] = p.heard();
    const content = [{ type: 'text', text: 'Denied by policy: call_tool everything/echo.' }];
    expect(first).toEqual({ jsonrpc: '2.0', id: 'x', result: { content, isError: true } });
    expect(second).toEqual({ jsonrpc: '2.0', id: 2, result: { resultType: 'complete', content, isError: true } });
    expect(third).toEqual({ jsonrpc: '2.0', id: 3, error: { code: -32001, message: content[0]?.text } });
  });

  it('does not hold up what comes after it', async () => {
    const p = open((a) => (a.target.endsWith('bad') ? 'deny' : 'allow'));
    p.call(1, 'bad');
    p.call(2, 'good');
    p.send({ id: 3, method: 'ping' });
    await tick();
    expect(p.ids()).toEqual([2, 3]);
  });

  it('is what a fault of the governor makes of it, without a word of its insides', async () => {
    const p = open(() => 'fault');
    p.call(1);
    await tick();
    expect(p.toServer).toEqual([]);
    expect(p.heard()[0]?.result?.isError).toBe(true);
    expect(JSON.stringify(p.heard())).not.toMatch(/stack|secret|trace\.ts/);
  });

  it('is refused and recorded where it can not be judged', async () => {
    const p = open(() => 'allow', { server: 'filesystem' });
    p.call(1, 'read_file', { path: 7 });
    p.call(2, 'read_file', { path: 'relative' });
    p.send('{"id":3,"method":"tools/call","params":{"name":"read_file","arguments":{"path":"/a","Path":"/b"}}}');
    p.send('{"id":4,"method":"tools/call","params":{"name":"a","name":"b"}}');
    await tick();
    expect([p.toServer, p.judged]).toEqual([[], []]);
    expect(p.heard().map((m) => [m.id, m.error?.code ?? m.result?.content[0]?.text])).toEqual([
      [1, expect.stringContaining('argument path must be text')],
      [2, expect.stringContaining('give it in full')],
      [3, -32602],
      [null, -32700],
    ]);
    expect(p.unjudged).toHaveLength(3);
    expect(p.unjudged[0]).toMatchObject({
      action: { actionType: 'call_tool', target: 'filesystem/read_file', requester: 'writer' },
      why: expect.stringContaining('argument path must be text'),
    });
  });

  it('is every request of a batch with a tool call in it', async () => {
    const p = open();
    p.send([
      { id: 1, method: 'tools/list' },
      { id: 2, method: 'tools/call', params: { name: 'echo' } },
    ]);
    p.send([{ id: 3, method: 'tools/list' }]);
    await tick();
    expect(p.ids()).toEqual([undefined]);
    expect(p.heard().map((m) => [m.id, m.error?.code])).toEqual([
      [1, -32600],
      [2, -32600],
    ]);
  });

  it('knows the requester by its command line, not by the message', async () => {
    const p = open();
    p.call(1, 'echo', { requester: 'admin' }, { requester: 'admin', _meta: { requester: 'admin', agent: 'admin' } });
    await tick();
    expect(p.judged[0]?.action.requester).toBe('writer');
  });
});

describe('a call that needs approval', () => {
  const ask = (a: Action): Verdict => (a.target.endsWith('danger') ? 'ask' : 'allow');
  const progress = { _meta: { progressToken: 'tok' } };

  it('waits, tells so, and goes on once approved; everything else goes on meanwhile', async () => {
    const p = open(ask);
    p.call(1, 'danger', { x: 1 }, progress);
    p.call(2, 'echo');
    await tick();
    expect(p.ids()).toEqual([2]);
    const [id] = p.requests;
    await vi.advanceTimersByTimeAsync(4500);
    const notes = p.heard();
    expect(notes.map((m) => m.method)).toEqual(Array(3).fill('notifications/progress'));
    expect(notes[0]?.params).toMatchObject({
      progressToken: 'tok',
      message: expect.stringContaining(`ggen-mcp approvals approve ${id}`),
    });
    const steps = notes.map((m) => m.params?.progress ?? 0);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(3);
    p.decide(id!, 'approved');
    await tick();
    expect(p.ids()).toEqual([2, 1]);
    p.answer({ id: 1, result: { content: [] } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(p.heard()).toHaveLength(4); // no more notes: only the answer came
    expect(p.judged.at(-1)?.outcome).toEqual({ result: 'success' });
  });

  it('is approved once: the same call asks again', async () => {
    const p = open(ask);
    p.call(1, 'danger');
    await tick();
    p.decide(p.requests[0]!, 'approved');
    await tick();
    p.answer({ id: 1, result: {} });
    p.call(2, 'danger');
    await tick();
    expect(p.requests).toHaveLength(2);
    expect(p.ids()).toEqual([1]);
  });

  it('says nothing of progress where none was asked for, or where the client does not keep up', async () => {
    const quiet = open(ask);
    quiet.call(1, 'danger');
    const behind = open(ask, { behind: true });
    behind.call(1, 'danger', {}, progress);
    await vi.advanceTimersByTimeAsync(5000);
    expect([quiet.heard(), behind.heard()]).toEqual([[], []]);
  });

  it('is told who rejected it', async () => {
    const p = open(ask);
    p.call(1, 'danger');
    await tick();
    p.decide(p.requests[0]!, 'rejected');
    await tick();
    expect(p.toServer).toEqual([]);
    expect(p.heard()[0]?.result?.content[0]?.text).toContain('Rejected by tester');
  });

  it('is told that its request ran out, and no new request is made', async () => {
    const p = open(ask);
    p.call(1, 'danger');
    await tick();
    p.decide(p.requests[0]!, 'expired');
    await tick();
    expect(p.heard()[0]?.result?.content[0]?.text).toContain(`request ${p.requests[0]} is expired`);
    expect([p.toServer, p.requests.length]).toEqual([[], 1]);
  });

  it('is answered when the time to wait is over, and passes once approved', async () => {
    const p = open(ask, { waitSeconds: 3 });
    p.call(1, 'danger');
    await vi.advanceTimersByTimeAsync(3000);
    const [id] = p.requests;
    expect(p.heard()[0]?.result?.content[0]?.text).toMatch(new RegExp(`^3 s passed without a decision.*${id}`));
    p.decide(id!, 'approved');
    p.call(2, 'danger');
    await tick();
    expect(p.ids()).toEqual([2]);
  });

  it('does not wait where it must not', async () => {
    const p = open(ask, { waitSeconds: 0 });
    p.call(1, 'danger');
    await tick();
    expect(p.heard()[0]?.result?.isError).toBe(true);
    const ended = open(ask);
    ended.session.clientEnded();
    ended.call(1, 'danger');
    await tick();
    expect(ended.heard()[0]?.result?.isError).toBe(true);
    const note = open(ask);
    note.send({ method: 'tools/call', params: { name: 'danger' } });
    await tick();
    note.decide(note.requests[0]!, 'approved');
    await tick();
    expect([note.toServer, note.heard()]).toEqual([[], []]);
  });

  it('lets only so many wait', async () => {
    const p = open(ask);
    for (let i = 0; i < 260; i += 1) p.call(i, 'danger', { i });
    await tick();
    expect(p.heard()).toHaveLength(4);
    expect(p.heard()[0]?.result?.content[0]?.text).toContain('Waiting for approval');
  });

  it('is answered at once when the client sends no more', async () => {
    const p = open(ask);
    p.call(1, 'danger');
    await tick();
    p.session.clientEnded();
    await tick();
    expect(p.heard().map((m) => m.id)).toEqual([1]);
    p.decide(p.requests[0]!, 'approved');
    await tick();
    expect([p.toServer, p.heard().length]).toEqual([[], 1]);
  });
});

describe('a cancelled call', () => {
  const cancel = (requestId: unknown) => ({ method: 'notifications/cancelled', params: { requestId } });

  it('that waits is never forwarded and never answered, and the server hears nothing', async () => {
    const p = open(() => 'ask');
    p.call(1, 'danger', {}, { _meta: { progressToken: 1 } });
    await tick();
    const before = p.heard().length;
    p.send(cancel(1));
    await tick();
    p.decide(p.requests[0]!, 'approved');
    await vi.advanceTimersByTimeAsync(120_000);
    expect([p.toServer, p.heard().length]).toEqual([[], before]);
  });

  it('that is still judged is never forwarded, and its permit is recorded as unused', async () => {
    const p = open();
    p.call(1);
    p.send(cancel(1));
    await tick();
    expect([p.toServer, p.heard()]).toEqual([[], []]);
    expect(p.judged[0]?.outcome).toMatchObject({ result: 'failure', error: expect.stringContaining('cancelled') });
  });

  it('that the server has is cancelled there', async () => {
    const p = open();
    p.call(1);
    await tick();
    p.send(cancel(1));
    p.send(cancel(99));
    await tick();
    expect(p.ids()).toEqual([1, 'notifications/cancelled', 'notifications/cancelled']);
    expect(p.judged[0]?.outcome?.result).toBe('failure');
    expect(p.session.isIdle()).toBe(true);
  });

  it('in a batch counts too', async () => {
    const p = open(() => 'ask');
    p.call(1, 'danger');
    await tick();
    p.send([cancel(1)]);
    p.decide(p.requests[0]!, 'approved');
    await tick();
    expect(p.toServer).toEqual([`${JSON.stringify([cancel(1)])}\n`]);
  });
});

describe('a call that the server asks more input for (2026-07-28)', () => {
  const more = (id: number, requestState?: string) => ({
    id,
    result: { resultType: 'input_required', inputRequests: {}, requestState },
  });
  const approveFirst = async (p: ReturnType<typeof open>): Promise<void> => {
    p.call(1, 'deploy', { env: 'x' });
    await tick();
    p.decide(p.requests[0]!, 'approved');
    await tick();
    expect(p.ids()).toEqual([1]);
  };

  it('goes on without a second approval, once for each answer', async () => {
    const p = open(() => 'ask');
    await approveFirst(p);
    p.answer(more(1, 'state'));
    p.call(2, 'deploy', { env: 'x' }, { inputResponses: {}, requestState: 'state' });
    await tick();
    expect([p.ids(), p.requests.length]).toEqual([[1, 2], 1]);
    expect(p.judged.filter((j) => j.outcome)).toEqual([]);
    p.answer(more(2)); // a second round, without state
    p.call(3, 'deploy', { env: 'x' }, { inputResponses: {} });
    await tick();
    p.answer({ id: 3, result: { resultType: 'complete', content: [] } });
    await tick();
    expect(p.judged.filter((j) => j.outcome).map((j) => j.outcome)).toEqual([{ result: 'success' }]);
    p.call(4, 'deploy', { env: 'x' }, { inputResponses: {}, requestState: 'state' });
    await tick();
    expect([p.ids(), p.requests.length]).toEqual([[1, 2, 3], 2]);
  });

  it('needs a new approval where the retry is not the call that was approved', async () => {
    for (const [args, retry] of [
      [{ env: 'y' }, { requestState: 'state', inputResponses: {} }],
      [{ env: 'x' }, { requestState: 'other', inputResponses: {} }],
      [{ env: 'x' }, { inputResponses: {} }],
      [{ env: 'x' }, {}],
    ] as const) {
      const p = open(() => 'ask');
      await approveFirst(p);
      p.answer(more(1, 'state'));
      p.call(2, 'deploy', args, retry);
      await tick();
      expect([p.ids(), p.requests.length]).toEqual([[1], 2]);
    }
  });

  it('is refused where policy no longer lets it happen, and runs out with time', async () => {
    let verdict: Verdict = 'ask';
    const p = open(() => verdict);
    await approveFirst(p);
    p.answer(more(1, 's'));
    verdict = 'deny';
    p.call(2, 'deploy', { env: 'x' }, { requestState: 's' });
    await tick();
    expect([p.ids(), p.heard().at(-1)?.result?.isError]).toEqual([[1], true]);
    expect(p.judged.find((j) => j.outcome)?.outcome?.result).toBe('failure');

    const late = open(() => 'ask');
    await approveFirst(late);
    late.answer(more(1, 's'));
    vi.setSystemTime(Date.now() + 3_600_000);
    late.call(2, 'deploy', { env: 'x' }, { requestState: 's' });
    await tick();
    expect([late.ids(), late.requests.length]).toEqual([[1], 2]);
  });

  it('is kept for a bounded number of calls, and recorded as failed where nobody takes it up', async () => {
    const p = open();
    for (let i = 0; i < 70; i += 1) p.call(i, 'deploy', { i });
    await tick();
    for (let i = 0; i < 70; i += 1) p.answer(more(i, `s${i}`));
    await tick();
    expect(p.judged.filter((j) => j.outcome?.result === 'failure')).toHaveLength(6);
    p.session.serverEnded('gone');
    await p.session.settled();
    expect(p.judged.filter((j) => j.outcome?.result === 'failure')).toHaveLength(70);
  });
});

describe('when the server ends', () => {
  it('everything under way is answered with an error and recorded', async () => {
    const p = open((a) => (a.target.endsWith('danger') ? 'ask' : 'allow'));
    p.call(1);
    p.call(2, 'danger');
    await tick();
    p.call(3);
    p.session.fromServer(Buffer.from('{"half'));
    p.session.serverEnded('the MCP server ended (exit code 3)');
    await p.session.settled();
    const [half, end, ...answers] = p.toClient;
    expect([half, end]).toEqual(['{"half', '\n']);
    expect(
      answers.map((text) => JSON.parse(text) as Message).map((m) => [m.id, m.error?.code ?? m.result?.isError]),
    ).toEqual([
      [2, true],
      [1, -32000],
      [3, -32000],
    ]);
    expect(p.judged.map((j) => j.outcome?.result)).toEqual(['failure', undefined, 'failure']);
    expect(p.judged[0]?.outcome?.error).toContain('whether it took effect is not known');
  });
});

describe('a server that serves one folder', () => {
  it('has relative paths judged there, until the client offers folders of its own', async () => {
    const p = open(() => 'allow', { server: 'filesystem', serverArgs: ['data'] });
    p.call(1, 'read_file', { path: 'a' });
    p.send({ id: 2, method: 'initialize', params: { capabilities: { roots: {} } } });
    p.call(3, 'read_file', { path: 'a' });
    await tick();
    expect(p.judged.map((j) => j.action.target)).toEqual(['/work/data/a']);
    expect(p.ids()).toEqual([1, 2]);
  });
});
