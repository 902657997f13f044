import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openSystem } from '../../src/compose/index.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder | undefined;
afterEach(() => folder?.remove());

async function judged(commands: string, target: string): Promise<{ outcome: string; warnings: string[] }> {
  folder?.remove();
  folder = createFolder({
    'config/governance.toml': `[policies]
version = "1.0"

[policies.security.allowed_commands]
commands = ${commands}

[policies.security.programs]
terraform = ["plan ok -out=WRITE", "apply ask -auto-approve! : READ"]
find = ["ok -foo!"]

[policies.agents.writer]
can_read = ["*"]
can_write = ["*"]
`,
  });
  const home = join(folder.root, 'home');
  const system = await openSystem({ configDir: folder.configDir, workspace: folder.root, home, env: {} });
  try {
    const { decision } = await system.governor.judge({ actionType: 'execute_shell', target, requester: 'writer' });
    return { outcome: decision.outcome, warnings: system.policies().warnings.map(({ message }) => message) };
  } finally {
    await system.close();
  }
}

it.each([
  ['terraform apply -auto-approve', 'denied'],
  ['terraform apply --auto-approve', 'denied'],
  ['terraform apply -auto-approve=true', 'denied'],
  ['terraform apply -other', 'requires_approval'],
  ['terraform apply', 'allowed'],
  ['terraform plan -out=a', 'allowed'],
])('an own line holds, also where an entry names the subcommand: %s is %s', async (target, outcome) => {
  expect((await judged('["terraform apply", "terraform"]', target)).outcome).toBe(outcome);
});

it.each(['["git", "git push"]', '["git push", "git"]'])('the order of entries never matters: %s', async (commands) => {
  expect(await judged(commands, 'git push origin main')).toEqual({ outcome: 'allowed', warnings: [] });
  expect((await judged(commands, 'git push --receive-pack=x origin')).outcome).toBe('denied');
  expect((await judged(commands, 'git push --whatever origin')).outcome).toBe('requires_approval');
});

it('a name behind one dash is known in the lines of every program', async () => {
  expect((await judged('["find"]', 'find . -name x')).outcome).toBe('allowed');
});
