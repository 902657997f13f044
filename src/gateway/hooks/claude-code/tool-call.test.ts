import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kernel/json.ts';
import { mapTool } from './tool-call.ts';

const PLACES = { cwd: '/work', home: '/home/me' };
const map = (tool: string, input: JsonObject) => mapTool(tool, input, PLACES, []);

describe('each tool as the action it is', () => {
  it.each<[string, JsonObject, object]>([
    ['Bash', { command: 'ls', description: 'd', timeout: 5 }, { actionType: 'execute_shell', target: 'ls' }],
    [
      'Bash',
      { command: 'ls', run_in_background: true, dangerouslyDisableSandbox: true },
      {
        actionType: 'execute_shell',
        target: 'ls',
        parameters: { run_in_background: true, dangerouslyDisableSandbox: true },
      },
    ],
    ['Read', { file_path: '/a', offset: 3 }, { actionType: 'read_file', target: '/a' }],
    ['NotebookRead', { notebook_path: '/a' }, { actionType: 'read_file', target: '/a' }],
    ['LS', { path: '/a' }, { actionType: 'list_files', target: '/a' }],
    ['Write', { file_path: '/a', content: 'x' }, { actionType: 'write_file', target: '/a', content: 'x' }],
    [
      'Edit',
      { file_path: '/a', old_string: 'x', new_string: 'y' },
      { actionType: 'write_file', target: '/a', content: '{"new_string":"y","old_string":"x"}' },
    ],
    ['MultiEdit', { file_path: '/a', edits: [] }, { actionType: 'write_file', target: '/a', content: '{"edits":[]}' }],
    [
      'NotebookEdit',
      { notebook_path: '/a', new_source: 'x' },
      { actionType: 'write_file', target: '/a', content: '{"new_source":"x"}' },
    ],
    ['Glob', { pattern: '*.ts' }, { actionType: 'list_files', target: '/work', parameters: { pattern: '*.ts' } }],
    [
      'Glob',
      { pattern: '/etc/x/*' },
      {
        actionType: 'list_files',
        target: '/work',
        parameters: { pattern: '/etc/x/*' },
        parts: [{ actionType: 'list_files', target: '/etc/x/' }],
      },
    ],
    [
      'Grep',
      { pattern: '/etc', path: '/b' },
      { actionType: 'search_files', target: '/b', parameters: { pattern: '/etc' } },
    ],
    ['WebFetch', { url: 'https://a.b/', prompt: 'p' }, { actionType: 'http_request', target: 'https://a.b/' }],
    ['WebSearch', { query: 'q' }, { actionType: 'web_search', target: 'q' }],
    ['Task', { prompt: 'p' }, { actionType: 'call_tool', target: 'Task', parameters: { prompt: 'p' } }],
    ['mcp__', { a: 1 }, { actionType: 'call_tool', target: 'mcp__', parameters: { a: 1 } }],
  ])('%s %j', (tool, input, action) => {
    expect(map(tool, input)).toEqual({ ok: true, action });
  });

  it('an MCP tool goes by the table of the proxy', () => {
    const mappings = [
      {
        server: 'site',
        tool: 'deploy',
        operation: 'publish_template',
        target: ['env'],
        alsoOperation: undefined,
        also: [],
        content: undefined,
      },
    ];
    expect(mapTool('mcp__site__deploy', { env: 'prod' }, PLACES, mappings)).toMatchObject({
      ok: true,
      action: { actionType: 'publish_template', target: 'prod' },
    });
  });
});

describe('what can’t be mapped', () => {
  it.each<[string, JsonObject]>([
    ['Bash', {}],
    ['Read', { file_path: 3 }],
    ['Write', { file_path: '/a' }],
    ['Write', { content: 'x' }],
    ['Glob', { pattern: '../*' }],
    ['Glob', { pattern: '{/root/.ssh,x}/*' }],
    ['Glob', { pattern: '{..,src}/*' }],
    ['Glob', { pattern: '.{.,x}/*' }],
    ['Glob', { pattern: '[.][.]/*' }],
    ['Grep', { pattern: 'x', glob: '{~/x,y}/*' }],
    ['Glob', { pattern: 'a/../../*' }],
    ['Grep', { pattern: 'x', glob: '..\\*' }],
    ['Grep', { pattern: 'x', path: 7 }],
  ])('%s %j', (tool, input) => {
    expect(map(tool, input)).toMatchObject({ ok: false });
  });
});

describe('a file pattern', () => {
  const partsOf = (pattern: string) => {
    const mapped = mapTool('Glob', { pattern }, { cwd: '/work', home: '/home/me' }, []);
    return mapped.ok ? mapped.action.parts?.map((part) => part.target) : mapped.problem;
  };

  it('is judged by the folder it really begins in', () => {
    expect(partsOf('private/*')).toEqual(['/work/private/']);
    expect(partsOf('/etc/ssh/*_config')).toEqual(['/etc/ssh/']);
    expect(partsOf('~/notes/*')).toEqual(['~/notes/']);
  });

  it('may use alternatives where they can’t lead elsewhere', () => {
    expect(partsOf('**/*.{ts,tsx}')).toBeUndefined();
    expect(partsOf('src/{a,b}/[a-z]*.ts')).toEqual(['/work/src/']);
  });
});
