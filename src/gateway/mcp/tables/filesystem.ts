import type { ServerTable, ToolRow } from './types.ts';

const onPath = (tool: string, operation: string, content?: string): ToolRow => ({
  tool,
  operation,
  target: ['path'],
  ...(content === undefined ? {} : { content }),
});

/** @modelcontextprotocol/server-filesystem, all tools. */
export const FILESYSTEM: ServerTable = {
  server: 'filesystem',
  paths: { relativeTo: 'served_folder', unicodeForms: true },
  rows: [
    onPath('read_file', 'read_file'),
    onPath('read_text_file', 'read_file'),
    onPath('read_media_file', 'read_file'),
    { tool: 'read_multiple_files', operation: 'read_file', target: ['paths'] },
    onPath('get_file_info', 'read_file'),
    onPath('list_directory', 'list_files'),
    onPath('list_directory_with_sizes', 'list_files'),
    // both look into everything below
    onPath('directory_tree', 'search_files'),
    onPath('search_files', 'search_files'),
    onPath('write_file', 'write_file', 'content'),
    onPath('edit_file', 'write_file', 'edits[].newText'),
    onPath('create_directory', 'create_directory'),
    {
      // Moving away counts as writing at both ends; the content stays, so nothing is destroyed (the server refuses to
      // overwrite). Whoever moves a file can read it at its new place: the source must lie in what may be read, with
      // everything below it, or a move would step around cannot_read.
      tool: 'move_file',
      operation: 'write_file',
      target: ['destination', 'source'],
      also: [{ operation: 'search_files', select: 'source' }],
    },
    { tool: 'list_allowed_directories', operation: 'call_tool' },
  ],
};
