import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig, renderProblems, requiredApprovals } from './index.ts';
import { toleratedFaults } from './quorum.ts';

function problems(text: string, severity?: string): string[] {
  const result = parseConfig([{ name: 'g', text }], {});
  const found = (result.ok ? result.loaded.problems : result.problems).filter(
    (problem) => severity === undefined || problem.severity === severity,
  );
  return found.length ? renderProblems(found).split('\n') : [];
}
const approver = (id: string, scopes: string, kind = 'user'): string =>
  `[[approvers.${kind}]]\nid = "${id}"\ncan_approve = [${scopes}]\n`;
const strategy = (line: string): string => `[approvals.strategies]\n${line}\n`;
const QUORUM = '[approvals.multi-approval]\nmin_approvers = 3\nquorum_percentage = 0.67\nbyzantine_tolerance = true\n';

describe('a quorum that can’t be reached', () => {
  it('is said for the guide’s own approvals, with the numbers and the people', () => {
    const text = `${strategy('destructive_operations = "multi-approval"\nhigh_risk_operations = "multi-approval"')}${QUORUM}${approver('admin', '"*"')}${approver('developer', '"template_generation", "graph_operations"')}${approver('security_agent', '"security_sensitive"', 'agent')}`;
    const refused = 'requests are refused at once';
    const two = 'byzantine_tolerance tolerates no fault with';
    expect(problems(text, 'warning')).toEqual([
      `g:2:1: warning: approvals.strategies.destructive_operations: can't be reached for delete_file: 3 approvals are needed and 1 may be given (admin); ${refused}`,
      `g:2:1: warning: approvals.strategies.destructive_operations: ${two} 1 eligible approvers; it takes four or more`,
      `g:3:1: warning: approvals.strategies.high_risk_operations: can't be reached for execute_shell: 3 approvals are needed and 2 may be given (admin, security_agent); ${refused}`,
      `g:3:1: warning: approvals.strategies.high_risk_operations: can't be reached for publish_template: 3 approvals are needed and 2 may be given (admin, developer); ${refused}`,
      `g:3:1: warning: approvals.strategies.high_risk_operations: ${two} 2 eligible approvers; it takes four or more`,
    ]);
  });

  it('is not, where four may approve', () => {
    const four = ['a', 'b', 'c'].map((id) => approver(id, '"destructive"')).join('') + approver('d', '"delete_file"');
    expect(problems(strategy('destructive_operations = "multi-approval"') + QUORUM + four, 'warning')).toEqual([]);
  });

  it('is said for operations of the user’s own too', () => {
    const own = '[operations.wipe]\nclasses = ["destructive"]\ndomain = "disks"\n';
    const text =
      strategy('destructive_operations = "multi-approval"') + own + approver('a', '"files"') + approver('b', '"files"');
    expect(problems(text, 'warning')).toEqual([
      expect.stringContaining('for wipe: 2 approvals are needed and 0 may be given (nobody)'),
    ]);
  });

  it('is said for a single approval that nobody may give, if anything asks for it', () => {
    const text = strategy('destructive_operations = "single-approval"') + approver('a', '"network"');
    expect(problems(text, 'warning')).toEqual([
      'g:2:1: warning: approvals.strategies.destructive_operations: no configured approver may decide on delete_file: requests are refused at once',
    ]);
    const off = '[policies.operational]\nrequire_approval_for_destructive = false\n';
    expect(problems(text + off, 'warning')).toEqual([]);
    const shell = '[policies.security.allowed_commands]\nrequire_approval = ["rm"]\n';
    expect(problems(text + off + shell, 'warning')).toEqual([
      expect.stringContaining('no configured approver may decide on execute_shell'),
    ]);
    const listed = '[policies.operational.require_approval]\noperations = ["publish_template"]\n';
    expect(problems(text + listed + shell, 'warning')).toHaveLength(2);
    expect(problems(strategy('destructive_operations = "single-approval"'), 'warning')).toEqual([]);
  });
});

describe('the number of approvals', () => {
  it('is the exact share, as its author wrote it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 300 }), (thousandths, n) => {
        const rule = { minApprovers: 1, quorumPercentage: thousandths / 1000, byzantineTolerance: false };
        expect(requiredApprovals(rule, n)).toBe(Math.max(1, Math.ceil((thousandths * n) / 1000)));
      }),
    );
  });

  it.each([
    [1e-7, 10, 1],
    [1.5e-9, 1, 1],
    [5e-324, 1000, 1],
    [1, 5, 5],
    [0, 5, 1],
  ])('is known for a share of %d of %d: %d', (quorumPercentage, n, required) => {
    expect(requiredApprovals({ minApprovers: 1, quorumPercentage, byzantineTolerance: false }, n)).toBe(required);
  });

  it('tolerates a fault from four approvers on', () => {
    expect([0, 1, 3, 4, 6, 7].map(toleratedFaults)).toEqual([0, 0, 0, 1, 1, 2]);
  });
});

describe('approvers', () => {
  it('have an id, and each their own', () => {
    expect(problems('[[approvers.user]]\nrole = "x"', 'error')).toEqual([
      'g:1:1: error: approvals.approvers.user[0]: id is missing (it is a text that is not empty)',
    ]);
    expect(problems('[[approvers.user]]\nid = ""', 'error')).toHaveLength(1);
    expect(problems(`${approver('a', '"*"')}${approver('a', '"*"', 'agent')}`, 'error')).toEqual([
      'g:5:1: error: approvals.approvers.agent[0].id: "a" is the id of another approver',
    ]);
  });

  it('who are people decide in person', () => {
    expect(problems('[[approvers.user]]\nid = "a"\nauto_approve = true', 'error')).toEqual([
      expect.stringContaining('g:3:1: error: approvals.approvers.user[0].auto_approve: unknown key'),
    ]);
    expect(problems('[[approvers.agent]]\nid = "a"\nauto_approve = true', 'error')).toEqual([]);
  });

  it('are warned of where they cover nothing', () => {
    expect(problems(approver('a', '"*", "destructve", "files", "read_file"'), 'warning')).toEqual([
      'g:3:21: warning: approvals.approvers.user[0].can_approve[1]: "destructve" is no domain, class or operation and covers nothing (did you mean destructive?)',
    ]);
  });
});

describe('a timer', () => {
  const timer = 'destructive_operations = "time-based-approval"';
  it('approves nothing that can’t be undone, unless the configuration accepts it in words', () => {
    expect(problems(strategy(timer), 'error')).toHaveLength(1);
    expect(problems(strategy('high_risk_operations = "time-based-approval"'), 'error')).toHaveLength(1);
    const accepted = `[approvals]\naccept_timer_for_destructive = true\n${strategy(timer)}`;
    expect(problems(accepted)).toEqual([
      expect.stringMatching(/^g:4:1: warning: .*a timer that nobody stops approves by itself/),
    ]);
  });
});

describe('what is not enforced yet', () => {
  it('is said of the store s3', () => {
    expect(problems('[audit.storage]\nbackend = "s3"')).toEqual([
      'g:2:1: not enforced yet: audit.storage.backend: the s3 store comes later: nothing starts with it',
    ]);
    expect(problems('[audit.storage]\nbackend = "sqlite"')).toEqual([]);
  });

  it('is not said of the store postgres, but that it needs an address', () => {
    const hint = ' (as in "postgresql://user:${PGPASSWORD}@host/database?sslmode=verify-full")';
    const postgres = '[audit.storage]\nbackend = "postgres"';
    expect(problems(`${postgres}\nconnection_string = "postgresql://h/d"`)).toEqual([]);
    expect(problems(postgres)).toEqual([
      `g:2:1: error: audit.storage.backend: "postgres" needs audit.storage.connection_string${hint}`,
    ]);
    expect(problems(`${postgres}\nconnection_string = "mysql://h/d"`)).toEqual([
      `g:3:1: error: audit.storage.connection_string: is no address of a Postgres database${hint}`,
    ]);
  });
});

describe('approvals that are off', () => {
  const off = '[approvals]\nenabled = false\n';
  const nothingAsks = '[policies.operational]\nrequire_approval_for_destructive = false\n';
  it.each([
    ['destructive operations ask', '', 1],
    ['nothing asks', nothingAsks, 0],
    ['the switches are off', '[policies.operational]\nenabled = false\n', 0],
    ['a command asks', `${nothingAsks}[policies.security.allowed_commands]\nrequire_approval = ["rm"]\n`, 1],
    ['calls to the outside ask', `${nothingAsks}require_approval_for_external_calls = true\n`, 1],
  ])('are warned of where %s', (_what, text, count) => {
    expect(problems(off + text, 'warning')).toHaveLength(count);
  });
});

describe('audit', () => {
  it('may be off in audit-only mode alone', () => {
    expect(problems('[audit]\nenabled = false\n[policies]\nenforcement_mode = "audit-only"')).toEqual([
      'g:2:1: warning: audit.enabled: is false, but this version records everything all the same',
    ]);
    expect(problems('[audit]\nenabled = false\n[policies]\nenforcement_mode = "permissive"', 'error')).toHaveLength(1);
  });
});

describe('a key that belongs elsewhere', () => {
  it.each([
    ['[policies.quality]\nmax_file_lines = 3', 'it belongs in [policies.quality.code_standards]'],
    ['[[approver.user]]\nid = "a"', 'did you mean approvers?'],
    ['[policies]\nzzzzzzzz = 1', 'known here: version, enforcement_mode, security'],
    ['[[gateway.tool]]\ntool = "a"\ntargets = "b"', 'did you mean target?'],
    ['[compliance.soc2.trust_principles]\nsecurty = true', 'did you mean security?'],
    [
      '[[approvals.webhooks.endpoint]]\nurl = "https://x.org"\nevents = ["approval_requird"]',
      'did you mean "approval_required"?',
    ],
  ])('%j: %s', (text, hint) => {
    expect(problems(text, 'error')).toEqual([expect.stringContaining(`(${hint}`)]);
  });
});
