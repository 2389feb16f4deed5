/** Why a statement was refused. The words are stable: tests, audits and callers may key on them. */
export type GuardRule =
  | 'text'
  | 'too-long'
  | 'too-deep'
  | 'syntax'
  | 'one-statement'
  | 'statement-kind'
  | 'explain-option'
  | 'into'
  | 'locking'
  | 'data-modifying'
  | 'node'
  | 'parameters'
  | 'function-unknown'
  | 'function-denied'
  | 'function-volatile'
  | 'function-not-allowed'
  | 'relation-refused'
  | 'foreign-table'
  | 'powerful-role'
  | 'session'
  | 'reach';

export interface RefusalDetails {
  readonly rule: GuardRule;
  /** Parse-tree node type, or the kind of catalog object, that broke the rule. */
  readonly node: string;
  /** 0-based offset in UTF-16 units of the text as given; `undefined` when no place in the text is to blame. */
  readonly position?: number | undefined;
  readonly message: string;
  /** What to do or use instead. */
  readonly instead: string;
}

/** A statement that the guard does not run: always before anything of it was executed, so nothing was applied. */
export class GuardRefusal extends Error {
  override readonly name = 'GuardRefusal';
  readonly rule: GuardRule;
  readonly node: string;
  readonly position: number | undefined;
  readonly instead: string;

  constructor(details: RefusalDetails, cause?: unknown) {
    super(details.message, cause === undefined ? undefined : { cause });
    this.rule = details.rule;
    this.node = details.node;
    this.position = details.position;
    this.instead = details.instead;
  }
}

/** Told by name, so that a bundled copy of this package is recognised as well. */
export function isGuardRefusal(error: unknown): error is GuardRefusal {
  return error instanceof Error && error.name === 'GuardRefusal';
}
