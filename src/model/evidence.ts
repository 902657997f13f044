/** What inspectors found about one action. Carries positions and rule names, never a secret itself. */

export type FindingKind = 'input' | 'path' | 'command' | 'network' | 'secret' | 'protected';

export interface Finding {
  readonly kind: FindingKind;
  /** id of what found it: a rule of the configuration (`policies.security.…`) or `builtin.…` */
  readonly rule: string;
  readonly message: string;
  /**
   * `always`: denied in every mode (DESIGN §6 rule 8). `block`: denied in strict and permissive, since its own
   * setting says block. `deny`: denied in strict, a warning in permissive. `ask`: a person must approve. `warn`: a
   * warning in every mode.
   */
  readonly severity: 'always' | 'block' | 'deny' | 'ask' | 'warn';
}

/** One part of the action with its target in the form that policy matches. */
export interface PartEvidence {
  readonly actionType: string;
  /** the target as the agent gave it */
  readonly target: string;
  /**
   * path: resolved through symlinks; relative to the workspace with `/` and no leading `./` where it lies inside
   * (`''` is the workspace itself), else absolute. Absent where it could not be resolved: a finding says why.
   */
  readonly path?: string;
  /** command: its literal words, program first. Absent where the command can't be known: a finding says why. */
  readonly argv?: readonly string[];
  /** command: a builtin of the shell that does nothing outside it, so it needs no entry in the lists */
  readonly builtin?: true;
  /** command: why a person should see it, unless the lists name this use of the program and not the program alone */
  readonly asks?: readonly string[];
  /** url: parsed by the WHATWG rules. Absent where unusable: a finding says why. */
  readonly url?: UrlEvidence;
}

export interface UrlEvidence {
  /** lower case, punycode, without port */
  readonly host: string;
  /** with the colon dropped: `https` */
  readonly scheme: string;
  readonly port: number;
}

export interface Evidence {
  /** the action itself first, then its further parts */
  readonly parts: readonly PartEvidence[];
  readonly findings: readonly Finding[];
  /** the action's target with secrets masked, for the log, messages and approvers */
  readonly safeTarget: string;
}
