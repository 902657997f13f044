import type { ServerTable, ToolRow } from './types.ts';

/** Shows names, messages and states: as much as a listing. */
const lists = (tool: string, notOptions: readonly string[] = []): ToolRow => ({
  tool,
  operation: 'list_files',
  target: ['repo_path'],
  notOptions,
});

/** Can show the content of any file of the repository, now or in its history. */
const shows = (tool: string, notOptions: readonly string[] = []): ToolRow => ({
  tool,
  operation: 'search_files',
  target: ['repo_path'],
  notOptions,
});

/** Changes the repository: judged by name (`git/git_commit`), and the repository must lie in what may be written. */
const changes = (tool: string, more: Partial<ToolRow> = {}): ToolRow => ({
  tool,
  operation: 'call_tool',
  ...more,
  also: [{ operation: 'write_file', select: 'repo_path' }, ...(more.also ?? [])],
});

/** mcp-server-git. */
export const GIT: ServerTable = {
  server: 'git',
  paths: {
    relativeTo: 'cwd',
    unicodeForms: false,
    refused: { pattern: /^~|[$%]/, why: 'this server expands ~ and variables: give the path in full' },
  },
  rows: [
    lists('git_status'),
    lists('git_log', ['start_timestamp', 'end_timestamp']),
    lists('git_branch', ['branch_type', 'contains', 'not_contains']),
    shows('git_diff_unstaged'),
    shows('git_diff_staged'),
    shows('git_diff', ['target']),
    shows('git_show', ['revision']),
    // what is staged can be read back from the repository, so it must be readable
    changes('git_add', {
      also: [{ operation: 'search_files', select: 'files', under: 'repo_path' }],
      notOptions: ['files'],
    }),
    changes('git_commit', { content: 'message' }),
    changes('git_commit_signed', { content: 'message', notOptions: ['key_id'] }),
    changes('git_reset'),
    changes('git_create_branch', { notOptions: ['branch_name', 'base_branch'] }),
    changes('git_checkout', { notOptions: ['branch_name'] }),
    changes('git_init'),
  ],
};
