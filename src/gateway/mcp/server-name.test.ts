import { describe, expect, it } from 'vitest';
import { servedFolder, serverFromCommand } from './server-name.ts';

describe('a server’s name', () => {
  it('is read off its command', () => {
    const commands: [string, string, string[]][] = [
      ['npx -y @modelcontextprotocol/server-filesystem /a /b', 'filesystem', ['/a', '/b']],
      ['npx @modelcontextprotocol/server-filesystem@2026.8.31 .', 'filesystem', ['.']],
      ['mcp-server-filesystem /a', 'filesystem', ['/a']],
      ['/usr/bin/node /x/node_modules/@modelcontextprotocol/server-memory/dist/index.js', 'memory', []],
      ['uvx mcp-server-git --repository /r', 'git', ['--repository', '/r']],
      ['uvx mcp-server-git==1.2', 'git', []],
      ['uv run mcp-server-fetch', 'fetch', []],
      ['python3.12 -m mcp_server_fetch', 'fetch', []],
      ['docker run -i --rm mcp/time', 'time', []],
      ['docker run -i mcp/fetch:latest', 'fetch', []],
      ['pnpm dlx @modelcontextprotocol/server-sequential-thinking', 'sequential-thinking', []],
      ['node /srv/weather/dist/index.js', 'weather', []],
      ['/opt/My Server.py', 'my-server', []],
      ['node /home/me/server-git/tool.js', 'tool', []],
      ['', 'mcp', []],
    ];
    for (const [command, name, args] of commands) {
      const words = command === '/opt/My Server.py' ? [command] : command.split(' ');
      expect([command, serverFromCommand(words)]).toEqual([command, { name, args }]);
    }
  });

  it('comes with the folder it serves, where it names exactly one', () => {
    expect(servedFolder(['/a'], '/w')).toBe('/a');
    expect(servedFolder(['a/..//b'], '/w')).toBe('/w/b');
    expect(servedFolder(['~/a'], '/w', '/home/me')).toBe('/home/me/a');
    for (const args of [[], ['/a', '/b'], ['--flag']]) expect(servedFolder(args, '/w')).toBeUndefined();
  });
});
