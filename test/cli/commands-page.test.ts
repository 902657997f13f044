import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { commandsPage } from '../../src/cli/commands-page.ts';

it('the page of commands says what their help says', () => {
  const page = new URL('../../docs/reference/commands.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(commandsPage(COMMANDS));
});
