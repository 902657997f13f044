/** `ggen-mcp init --profile coding-agent`: a coding agent on one person's repository. */
export const CODING_AGENT = {
  governance: `#:schema ./governance.schema.json
# What agents may do in this folder. Every key: docs/reference/configuration.md.
# Check it with:  ggen-mcp policy validate

[policies]
version = "1.0"
enforcement_mode = "strict" # strict enforces, permissive warns, audit-only records

[policies.security]
enabled = true
input_validation = true # control characters and oversized input are refused
secret_scanning = true
path_traversal_protection = true # .., encodings and links that lead out are refused
command_injection_protection = true # what can't be known before it runs, or runs other code, is refused
max_request_size_mb = 10
# harmless_variables = ["MY_APP_ENV"] # may be set for a command unasked, beside CI, NODE_ENV and their like

[policies.security.allowed_commands]
# An entry is the words that a command begins with; * stands for any one word. Lines are read as a shell reads them: each
# program in a line must be listed, the files it reads and writes must lie in can_read and can_write, the hosts it reaches
# in allowed_domains. What a listed program's options would start is known from docs/reference/programs.md: "git" lets
# git status pass, asks about git push, and refuses git -c.
commands = [
    "git", "ls", "pwd", "which", "date", "cat", "head", "tail", "wc", "stat", "file", "du", "tree", "find", "grep", "rg", "sed", "awk",
    "sort", "uniq", "cut", "tr", "diff", "jq", "basename", "dirname", "realpath", "tee", "mkdir", "touch", "cp", "sleep", "seq",
]
# Allowed once a person approved. The second line runs the project's own code, which no list can bound: move an entry up
# to commands if you accept that.
require_approval = [
    "mv", "rm", "rmdir", "ln", "chmod", "tar", "zip", "unzip", "curl", "wget", "rsync",
    "npm", "npx", "node", "pnpm", "yarn", "tsc", "eslint", "prettier", "vitest", "jest", "cargo", "make", "python3", "pytest", "go",
]

[policies.security.secret_patterns]
# Beside the built-in ones. RE2 syntax.
patterns = [
    "(?i)(api[_-]?key|apikey)\\\\s*[:=]\\\\s*['\\"]?([a-zA-Z0-9_-]{20,})['\\"]?",
    "(?i)(password|passwd|pwd)\\\\s*[:=]\\\\s*['\\"]?([^'\\"\\\\s]{8,})['\\"]?",
    "-----BEGIN (RSA |DSA )?PRIVATE KEY-----",
]
action = "block" # block, warn, log

[policies.resource]
enabled = true
max_concurrent_agents = 12

[policies.resource.rate_limits]
# anthropic_requests_per_minute = 50   # 0 is unlimited

[policies.operational]
enabled = true
require_approval_for_destructive = true
require_approval_for_external_calls = false
auto_approve_read_only = true
audit_all_operations = true

[policies.operational.auto_approval]
operations = ["read_file", "list_files", "search_files", "web_search"]

[policies.operational.require_approval]
operations = ["delete_file", "publish_template"]

# Bounds of agents that have no table of their own. For one agent: [policies.agents.NAME].
[policies.agents.default]
can_read = ["*"] # everything in this folder
cannot_read = ["~/.ssh/*", "~/.aws/*", "~/.gnupg/*"]
can_write = ["*"]
cannot_write = [".git/*", ".github/workflows/*", "/etc/*", "~/.ssh/*", "/usr/*"]
can_call = [
    # the coding client's own harmless tools
    "TodoWrite", "TodoRead", "Task", "TaskOutput", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList", "Agent",
    "ExitPlanMode", "EnterPlanMode", "AskUserQuestion", "BashOutput", "KillShell", "Skill", "ToolSearch",
    # MCP servers, as server/tool
    "memory/*", "filesystem/list_allowed_directories",
]

[policies.network]
allow_outbound = true
allowed_domains = ["github.com", "*.githubusercontent.com", "docs.rs", "registry.npmjs.org", "developer.mozilla.org", "localhost", "127.0.0.1"]
blocked_domains = ["169.254.169.254", "metadata.google.internal"]
require_tls = true # but for listed loopback hosts

[gateway.claude_code]
interactive_ask = true # a single approval is asked for at Claude Code's own prompt; recorded as unverified

[gateway.mcp]
approval_wait_seconds = 50 # how long a call waits at the proxy; clients give up after 60 s
`,
  approvals: `#:schema ./approvals.schema.json
# How people are asked. Decide with:  ggen-mcp approvals list --pending

[approvals]
enabled = true
default_timeout_seconds = 3600 # undecided past this, a request expires; but under time-based-approval, a timer approves
use_within_seconds = 3600 # unused past this, an approval expires
accept_timer_for_destructive = false # a timer never approves what can't be undone

[approvals.strategies]
destructive_operations = "single-approval"
external_calls = "single-approval"
high_risk_operations = "single-approval"
read_only_operations = "auto-approval"

# No approvers are named: whoever has a key decides (ggen-mcp keys create --approver NAME). To name them:
# [[approvers.user]]
# id = "olga"
# role = "maintainer"
# can_approve = ["*"]
`,
  audit: `#:schema ./audit.schema.json
# Where everything is recorded. See it with:  ggen-mcp audit tail

[audit]
enabled = true
durability = "disk" # disk survives a power cut; os survives kill -9 and is faster

[audit.storage]
backend = "sqlite"
path = ".ggen/audit.db"
`,
} as const;
