import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import type { ToolMapping } from '../../model/configuration.ts';
import { type MappedCall, mapToolCall, type ServerFacts } from './tool-mapping.ts';

const FACTS: ServerFacts = { cwd: '/work', servedFolder: '/work/data' };

const map = (server: string, tool: string, args: JsonObject, facts: ServerFacts = FACTS): MappedCall =>
  mapToolCall(server, tool, args, [], facts);

function action(mapped: MappedCall) {
  if (!mapped.ok) throw new Error(mapped.problem);
  const { actionType, target, content, parts } = mapped.action;
  return [
    actionType,
    target,
    ...(content === undefined ? [] : [{ content }]),
    ...(parts ?? []).map((p) => `${p.actionType} ${p.target}`),
  ];
}
const problem = (mapped: MappedCall): string => (mapped.ok ? 'judged' : mapped.problem);

describe('the filesystem table', () => {
  it('has every tool of the reference server', () => {
    const calls: [string, JsonObject, unknown[]][] = [
      ['read_file', { path: '/a' }, ['read_file', '/a']],
      ['read_text_file', { path: '/a', head: 3 }, ['read_file', '/a']],
      ['read_media_file', { path: '/a' }, ['read_file', '/a']],
      ['read_multiple_files', { paths: ['/a', '/b', '/c'] }, ['read_file', '/a', 'read_file /b', 'read_file /c']],
      ['write_file', { path: '/a', content: 'x' }, ['write_file', '/a', { content: 'x' }]],
      [
        'edit_file',
        {
          path: '/a',
          edits: [
            { oldText: 'o', newText: 'key = "n"' },
            { oldText: '', newText: 'm' },
          ],
        },
        ['write_file', '/a', { content: 'key = "n"\nm' }],
      ],
      ['create_directory', { path: '/a' }, ['create_directory', '/a']],
      ['list_directory', { path: '/a' }, ['list_files', '/a']],
      ['list_directory_with_sizes', { path: '/a' }, ['list_files', '/a']],
      ['directory_tree', { path: '/a' }, ['search_files', '/a']],
      ['move_file', { source: '/a', destination: '/b' }, ['write_file', '/b', 'write_file /a', 'search_files /a']],
      ['search_files', { path: '/a', pattern: '*' }, ['search_files', '/a']],
      ['get_file_info', { path: '/a' }, ['read_file', '/a']],
      ['list_allowed_directories', {}, ['call_tool', 'filesystem/list_allowed_directories']],
    ];
    for (const [tool, args, expected] of calls)
      expect([tool, ...action(map('filesystem', tool, args))]).toEqual([tool, ...expected]);
  });

  it('judges a relative path where the server will look for it, and refuses one where that is not known', () => {
    expect(action(map('filesystem', 'read_file', { path: 'x/../y' }))).toEqual(['read_file', '/work/data/x/../y']);
    const unknown = { ...FACTS, servedFolder: undefined };
    expect(problem(map('filesystem', 'read_file', { path: 'x' }, unknown))).toContain('give it in full');
    expect(action(map('filesystem', 'read_file', { path: '/x' }, unknown))).toEqual(['read_file', '/x']);
  });

  it('leaves ~ and .. to the inspector, which reads them as the server does', () => {
    for (const path of ['~/x', '~', '/work/link/../secret']) {
      expect(action(map('filesystem', 'read_file', { path }))).toEqual(['read_file', path]);
    }
    expect(action(map('filesystem', 'read_file', { path: '~x/y' }))).toEqual(['read_file', '/work/data/~x/y']);
  });

  it('judges every Unicode form of a name, since the server opens them all', () => {
    expect(action(map('filesystem', 'read_file', { path: '/cafe\u0301' }))).toEqual([
      'read_file',
      '/cafe\u0301',
      'read_file /caf\u00e9',
    ]);
    expect(action(map('filesystem', 'read_file', { path: '/caf\u00e9' }))).toEqual([
      'read_file',
      '/caf\u00e9',
      'read_file /cafe\u0301',
    ]);
  });

  it('refuses a target that is missing or is no text', () => {
    for (const args of [{}, { path: 7 }, { path: null }, { path: {} }, { Path: '/a' }] as JsonObject[]) {
      expect(problem(map('filesystem', 'read_file', args))).toContain('argument path must be text');
    }
    for (const args of [{}, { paths: [] }, { paths: ['/a', 7] }] as JsonObject[]) {
      expect(problem(map('filesystem', 'read_multiple_files', args))).toContain('argument paths');
    }
    expect(problem(map('filesystem', 'move_file', { source: '/a' }))).toContain('argument destination');
    expect(problem(map('filesystem', 'read_file', JSON.parse('{"__proto__":{"path":"/a"}}')))).toContain(
      'argument path',
    );
    const many = Array.from({ length: 20_000 }, (_, i) => `/${i}`);
    expect(problem(map('filesystem', 'read_multiple_files', { paths: many }))).toContain('more than 10000 targets');
  });
});

describe('the git, memory and fetch tables', () => {
  it('put reading git tools to the repository, and writing ones to their name and the repository', () => {
    expect(action(map('git', 'git_status', { repo_path: '/r' }))).toEqual(['list_files', '/r']);
    expect(action(map('git', 'git_diff', { repo_path: '/r', target: 'main' }))).toEqual(['search_files', '/r']);
    expect(action(map('git', 'git_commit', { repo_path: '/r', message: 'm' }))).toEqual([
      'call_tool',
      'git/git_commit',
      { content: 'm' },
      'write_file /r',
    ]);
    expect(action(map('git', 'git_add', { repo_path: '/r', files: ['a', '/b', '.'] }))).toEqual([
      'call_tool',
      'git/git_add',
      'write_file /r',
      'search_files /r/a',
      'search_files /b',
      'search_files /r/.',
    ]);
  });

  it('refuses what git would take for an option, and paths that the server expands', () => {
    expect(problem(map('git', 'git_diff', { repo_path: '/r', target: '--output=/x' }))).toContain(
      'taken for an option',
    );
    expect(problem(map('git', 'git_checkout', { repo_path: '/r', branch_name: ' -f' }))).toContain(
      'taken for an option',
    );
    expect(problem(map('git', 'git_status', { repo_path: '$HOME/r' }))).toContain('expands');
    expect(problem(map('git', 'git_status', { repo_path: '~/r' }))).toContain('expands');
    expect(problem(map('git', 'git_commit', { message: 'm' }))).toContain('argument repo_path');
  });

  it('judge memory by name, with what would be stored as content', () => {
    const entities = [{ name: 'n', entityType: 't', observations: ['token = "x"'] }];
    expect(action(map('memory', 'create_entities', { entities }))).toEqual([
      'call_tool',
      'memory/create_entities',
      { content: 'n\nt\ntoken = "x"' },
    ]);
    expect(action(map('memory', 'read_graph', {}))).toEqual(['call_tool', 'memory/read_graph']);
  });

  it('judge fetching by its URL', () => {
    expect(action(map('fetch', 'fetch', { url: 'https://x.test/' }))).toEqual(['http_request', 'https://x.test/']);
    expect(problem(map('fetch', 'fetch', {}))).toContain('argument url');
  });
});

describe('any other tool', () => {
  it('is judged by its name, with its arguments', () => {
    expect(mapToolCall('weather', 'get', { city: 'X' }, [], FACTS)).toEqual({
      ok: true,
      action: { actionType: 'call_tool', target: 'weather/get', parameters: { city: 'X' } },
      cwd: '/work',
    });
    expect(action(map('filesystem', 'brand_new_tool', {}))).toEqual(['call_tool', 'filesystem/brand_new_tool']);
  });
});

describe('[[gateway.tool]]', () => {
  const line = (more: Partial<ToolMapping>): ToolMapping => ({
    server: 'notes',
    tool: 'save',
    operation: 'write_file',
    target: ['file'],
    alsoOperation: undefined,
    also: [],
    content: undefined,
    ...more,
  });
  const mapped = (mappings: ToolMapping[], server: string, tool: string, args: JsonObject) =>
    mapToolCall(server, tool, args, mappings, FACTS);

  it('maps by the first line that matches, before the ready-made tables', () => {
    const mappings = [line({ content: 'body.text' }), line({ tool: '*', operation: 'call_tool', target: ['file'] })];
    expect(action(mapped(mappings, 'notes', 'save', { file: 'f', body: { text: 't' } }))).toEqual([
      'write_file',
      'f',
      { content: 't' },
    ]);
    expect(action(mapped(mappings, 'notes', 'other', { file: 'f' }))).toEqual(['call_tool', 'f']);
    const over = [line({ server: '*', tool: 'read_file', operation: 'delete_file', target: ['path'] })];
    expect(action(mapped(over, 'filesystem', 'read_file', { path: 'x' }))).toEqual(['delete_file', '/work/data/x']);
  });

  it('names further targets and their operation', () => {
    const move = line({ target: ['to'], also: ['from', 'more[].path'], alsoOperation: 'delete_file' });
    expect(action(mapped([move], 'notes', 'save', { to: 'b', from: ['a', 'c'], more: [{ path: 'd' }] }))).toEqual([
      'write_file',
      'b',
      'delete_file a',
      'delete_file c',
      'delete_file d',
    ]);
    expect(problem(mapped([move], 'notes', 'save', { to: 'b', from: 'a', more: [{}] }))).toContain(
      'argument more[].path',
    );
  });

  it('shows content that is no text as canonical JSON', () => {
    const save = line({ content: 'data' });
    expect(action(mapped([save], 'notes', 'save', { file: 'f', data: { b: 1, a: [2] } }))).toEqual([
      'write_file',
      'f',
      { content: '{"a":[2],"b":1}' },
    ]);
    expect(action(mapped([save], 'notes', 'save', { file: 'f' }))).toEqual(['write_file', 'f']);
  });
});
