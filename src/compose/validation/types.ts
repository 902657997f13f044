import type { Question, Validate, ValidatorVote } from '../../consensus/index.ts';

/** A validator in this process. */
export interface LocalValidator {
  readonly id: string;
  readonly validate: Validate;
  /** its Ed25519 key (PKCS #8 PEM), for a name that outlives this process; without it, it gets one of its own */
  readonly privateKey?: string;
}

/** A validator that is a program of its own: it gets the question on its standard input and prints its vote. */
export interface CommandValidator {
  readonly id: string;
  /** the program and its arguments; no shell reads them */
  readonly command: readonly string[];
  /** its Ed25519 key: 32 bytes in base64, or PEM; the private one stays with it */
  readonly publicKey: string;
  /** default: the current folder */
  readonly cwd?: string;
  /** beside PATH, HOME, LANG, TMPDIR, TZ and GGEN_HOME, which are all that it gets of this process's environment */
  readonly env?: Readonly<Record<string, string>>;
}

/** A validator behind HTTP: the question is posted, its vote or a list of votes is the answer. */
export interface HttpValidator {
  readonly id: string;
  readonly url: string;
  /** as a CommandValidator's */
  readonly publicKey: string;
  readonly authToken?: string;
  /** whether it may be on this machine or its networks; default false */
  readonly allowPrivate?: boolean;
}

export type OperationValidator = LocalValidator | CommandValidator | HttpValidator;

/** What becomes of votes that arrive: how many of them count. */
export type Hear = (votes: readonly ValidatorVote[]) => number;

/** A validator that can be asked. */
export interface Member {
  readonly id: string;
  /** 32 bytes in base64 */
  readonly publicKey: string;
  /** Resolves once nothing more comes; rejects with the reason where it failed. */
  ask(question: Question, hear: Hear, limits: AskLimits): Promise<void>;
}

export interface AskLimits {
  /** the end of the round: whatever is still at it is ended */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}
