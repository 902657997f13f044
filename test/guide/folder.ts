import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { enrol } from '../support/approvers.ts';

/** A workspace of its own in the temporary folder, with its configuration in `config/`. */
export interface Folder {
  readonly workspace: string;
  readonly configDir: string;
  /** absolute path of a file in the workspace */
  path(name: string): string;
  write(name: string, text: string): void;
  read(name: string): string;
  remove(): void;
}

/** Who can sign in every workspace, where its configuration lets them decide. */
const WITH_KEYS = ['admin', 'developer', 'somebody', 'a', 'b', 'c', 'd', 'e'];

/** `config` maps file names (`governance.toml`) to their text; absent: the configuration of the samples below. */
export function openFolder(config: Readonly<Record<string, string>> = SAMPLE_CONFIG): Folder {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-guide-')));
  const folder: Folder = {
    workspace,
    configDir: join(workspace, 'config'),
    path: (name) => join(workspace, name),
    write: (name, text) => {
      mkdirSync(dirname(folder.path(name)), { recursive: true });
      writeFileSync(folder.path(name), text);
    },
    read: (name) => readFileSync(folder.path(name), 'utf8'),
    remove: () => rmSync(workspace, { recursive: true, force: true }),
  };
  mkdirSync(folder.configDir);
  enrol(folder.configDir, ...WITH_KEYS);
  for (const [name, text] of Object.entries(config)) folder.write(join('config', name), text);
  return folder;
}

/** The configuration that the twins of the guide's samples run under; no machinery of a later version is asked for. */
export const SAMPLE_CONFIG: Readonly<Record<string, string>> = {
  'governance.toml': `
[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.quality]
min_validation_score = 0.80 # what the update sample changes

[policies.operational.require_approval]
operations = ["delete_file", "publish_template", "execute_shell", "modify_graph"]

[policies.agents.template_executor]
can_read = ["templates/*", "config/*"]
can_write = ["templates/*", ".ggen/cache/*"]
cannot_write = ["/etc/*", "~/.ssh/*", "/usr/*"]
can_call = ["*"]
`,
  'approvals.toml': `
[approvals]
enabled = true
default_timeout_seconds = 300

[approvals.strategies]
destructive_operations = "single-approval"
external_calls = "single-approval"
high_risk_operations = "single-approval"
read_only_operations = "auto-approval"

[[approvers.user]]
id = "admin"
role = "administrator"
can_approve = ["*"]

[[approvers.user]]
id = "developer"
role = "developer"
can_approve = ["graph_operations"]
`,
  'audit.toml': `
[audit]
enabled = true
retention_days = 90

[audit.storage]
backend = "sqlite"
path = ".ggen/audit.db"
`,
};
