/** `ggen-mcp init --profile platform`: several agents of a team, with every key of the guide. */
export const PLATFORM = {
  governance: `#:schema ./governance.schema.json
# What the team's agents may do. Every key: docs/reference/configuration.md.
# Check it with:  ggen-mcp policy validate

[policies]
version = "1.0"
enforcement_mode = "strict" # strict, permissive, audit-only

[policies.security]
enabled = true
input_validation = true
secret_scanning = true
path_traversal_protection = true
command_injection_protection = true
max_request_size_mb = 10
harmless_variables = ["GGEN_TEMPLATE_SET"]

[policies.security.allowed_commands]
commands = ["git", "cargo", "npm", "ggen"]
require_approval = ["rm", "mv", "chmod"]

# What a program's subcommands and options do, where the built-in tables don't know them: docs/reference/programs.md.
[policies.security.programs]
ggen = ["validate ok : READ", "publish ask : TEXT"]

[policies.security.secret_patterns]
patterns = [
    "(?i)(api[_-]?key|apikey)\\\\s*[:=]\\\\s*['\\"]?([a-zA-Z0-9_-]{20,})['\\"]?",
    "(?i)(password|passwd|pwd)\\\\s*[:=]\\\\s*['\\"]?([^'\\"\\\\s]{8,})['\\"]?",
    { pattern = "-----BEGIN (RSA |DSA )?PRIVATE KEY-----", match = ["-----BEGIN RSA PRIVATE KEY-----"], no_match = ["-----BEGIN PUBLIC KEY-----"] },
]
action = "block" # block, warn, log

[policies.quality]
enabled = true
min_validation_score = 0.80
max_iterations = 5
require_tests = true
min_test_coverage = 0.70

[policies.quality.code_standards]
max_function_lines = 50
max_file_lines = 500
max_cyclomatic_complexity = 10
require_documentation = true

[policies.resource]
enabled = true
max_cpu_percent = 80
max_memory_mb = 4096
max_execution_time_seconds = 300
max_concurrent_agents = 12

[policies.resource.rate_limits]
anthropic_requests_per_minute = 50
openai_requests_per_minute = 60
ollama_requests_per_minute = 0 # unlimited

[policies.operational]
enabled = true
require_approval_for_destructive = true
require_approval_for_external_calls = false
auto_approve_read_only = true
audit_all_operations = true

[policies.operational.auto_approval]
operations = ["read_file", "list_files", "execute_sparql", "validate_template", "generate_graph"]

[policies.operational.require_approval]
operations = ["delete_file", "publish_template", "execute_shell", "modify_graph"]

[policies.agents.template_executor]
can_read = ["templates/*", "config/*"]
can_write = ["templates/*", ".ggen/cache/*"]
cannot_write = ["/etc/*", "~/.ssh/*", "/usr/*"]

[policies.agents.graph_monitor]
can_read = ["graphs/*", "ontologies/*"]
can_write = ["graphs/*"]
can_execute = []

[policies.agents.security_agent]
can_read = ["*"]
cannot_read = ["secrets/*"]
can_write = [".ggen/audit/*"]
can_execute = []
cannot_execute = ["rm"]
can_call = ["scanner/*"]
cannot_call = ["scanner/delete_*"]

[policies.network]
allow_outbound = true
allowed_domains = ["api.anthropic.com", "api.openai.com", "localhost", "127.0.0.1"]
blocked_domains = ["*.internal.company.com"]
require_tls = true
min_tls_version = "1.2"

# An operation of your own.
[operations.deploy_service]
target = "name"
access = "call"
classes = ["high_risk"]
domain = "deployment"

[gateway.claude_code]
interactive_ask = false

[gateway.mcp]
approval_wait_seconds = 50

# Which operation a call of an MCP tool is; first match wins, before the ready-made tables.
[[gateway.tool]]
server = "files"
tool = "replace_file"
operation = "write_file"
target = "path"
also_operation = "delete_file"
also = ["old_path"]
content = "text"

[security.incident_response]
enabled = true

[security.incident_response.actions]
on_policy_violation = "log_and_block"
on_security_incident = "log_block_and_alert"
on_byzantine_fault = "log_and_isolate"

[security.incident_response.alerts]
email = ["security@company.com"]
slack_webhook = "\${SECURITY_SLACK_WEBHOOK}"
pagerduty_key = "\${PAGERDUTY_KEY}"

[security.incident_response.auto_remediation]
enabled = true
isolate_faulty_agents = true
rollback_on_failure = true
escalate_after_attempts = 3

[compliance.iso27001]
enabled = true
audit_retention_days = 365
require_encryption_at_rest = true
require_encryption_in_transit = true
require_access_logs = true
require_change_management = true

[compliance.iso27001.controls]
A_9_1_2_access_to_networks = true
A_12_4_1_event_logging = true
A_12_4_3_administrator_logs = true
A_14_2_2_system_change_control = true

[compliance.soc2]
enabled = true

[compliance.soc2.trust_principles]
security = true
availability = true
processing_integrity = true
confidentiality = true
privacy = true

[compliance.soc2.controls]
CC6_1_logical_access = true
CC7_2_system_monitoring = true
CC8_1_change_management = true
`,
  approvals: `#:schema ./approvals.schema.json
# Who decides, and how.

[approvals]
enabled = true
default_timeout_seconds = 300
auto_approve_after_seconds = 300 # time-based-approval only: then a timer approves
use_within_seconds = 3600
max_pending_per_requester = 100
accept_timer_for_destructive = false
link = "https://approvals.example.com/{id}" # sent along with what people are told

[approvals.strategies]
destructive_operations = "multi-approval"
external_calls = "single-approval"
high_risk_operations = "multi-approval"
read_only_operations = "auto-approval"

[approvals.multi-approval]
min_approvers = 3
quorum_percentage = 0.67 # of those who may approve
byzantine_tolerance = true # takes four or more
min_people = 1 # agents may give the rest

[approvals.multi-approval.roles] # of each role so many, all of them
operator = 1

[approvals.operations.publish_template] # what holds for one operation instead
strategy = "multi-approval"
min_approvers = 2
quorum_percentage = 0.5
byzantine_tolerance = false
min_people = 1
roles = { lead_developer = 1 }

[approvals.escalation]
after_seconds = 120
approvers = ["admin"] # asked only then, unless it takes them

[approvals.reminders]
every_seconds = 0

[approvals.delegation]
max_seconds = 604800 # how long an approver may lend another the vote; 0 is never

[[approvers.user]]
id = "admin"
role = "administrator"
can_approve = ["*"]

[[approvers.user]]
id = "operations"
role = "operator"
can_approve = ["destructive", "high_risk", "external_call"]

[[approvers.user]]
id = "security"
role = "security_officer"
can_approve = ["destructive", "high_risk", "security_sensitive"]

[[approvers.user]]
id = "lead"
role = "lead_developer"
can_approve = ["destructive", "high_risk", "template_generation", "graph_operations"]

[[approvers.agent]]
id = "security_agent"
role = "security_validator"
can_approve = ["security_sensitive"]
auto_approve = true
# command = ["node", "decide.mjs"] # the request as JSON comes in, {"approved": true, "comment": "…"} goes out
# url = "https://internal.company.com/decide" # or over HTTP
# auth_token = "\${DECIDER_TOKEN}"
allow_private = false
timeout_seconds = 30

[approvals.webhooks]
enabled = true

[[approvals.webhooks.endpoint]]
url = "https://internal.company.com/approvals"
events = ["approval_required", "approval_granted", "approval_rejected"]
headers = { "Content-Type" = "application/json" }
auth_token = "\${APPROVAL_WEBHOOK_TOKEN}"
# secret = "\${APPROVAL_WEBHOOK_SECRET}" # whsec_…, signs what is sent
format = "json" # json, slack
allow_private = true

[approvals.email]
enabled = false
# smtp_url = "smtps://user:\${SMTP_PASSWORD}@mail.company.com:465"
from = "approvals@company.com"
to = ["security@company.com"]
events = ["approval_required", "approval_escalated"]
allow_private = false

[approvals.slack] # for what can be undone and takes one approval, where an endpoint above is Slack's
buttons = false
# team = "T0123ABC"
# signing_secret = "\${SLACK_SIGNING_SECRET}"
listen = "127.0.0.1:8787" # POST /slack/actions, taken by ggen-mcp worker

[approvals.slack.users] # ggen-mcp keys create --approver NAME --relay slack
U0123ABC = "admin"
`,
  audit: `#:schema ./audit.schema.json
# What is recorded, where, for how long.

[audit]
enabled = true
durability = "disk" # disk survives a power cut; os survives kill -9 and is faster
retention_days = 365
compression_enabled = true # entries that are a few thousand old take half the space
witnesses = [] # further files that keep the log's signed checkpoints, best where only somebody else may write

[audit.storage]
backend = "sqlite" # sqlite, postgres, s3
path = ".ggen/audit.db"
# connection_string = "postgresql://user:pass@localhost/ggen_audit"

[audit.filters]
always_log = ["policy_violation", "security_incident", "approval_decision", "destructive_operation"]
never_log = []
sampling_rates = { "template_validation" = 0.1, "cache_hit" = 0.01 }

[audit.export]
enabled = true
format = "json" # json, csv, parquet
interval_hours = 24
destination = ".ggen/audit-exports/"
`,
} as const;
