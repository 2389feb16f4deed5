export interface Redacted<Value> {
  readonly value: Value;
  /** How many pieces were replaced. */
  readonly count: number;
}

/** Linear-time redaction of secrets and personal data. Idempotent. Throws rather than pass an original it could not read. */
export interface Redactor {
  /** For answers: yields to the event loop between 64 KiB windows. At most 8 MiB, else `too_large`. */
  text(text: string, signal?: AbortSignal): Promise<Redacted<string>>;
  /** Deep over keys, arrays, Map, Set, Error, Buffer, cycles; returns plain JSON data. */
  value(value: unknown, signal?: AbortSignal): Promise<Redacted<unknown>>;
  /** For log lines and error texts: at most 64 KiB, the rest is cut. Never throws: what it cannot read, it withholds. */
  line(text: string): string;
  /** Adds secrets known only later (a token read from a file). */
  learn(secrets: readonly string[]): void;
}

/** `mask` keeps what may be shown (the last four digits of a card or phone); `hash` leaves a tag by which equal values are recognised. */
export type PersonalMode = 'off' | 'mask' | 'hash';

export interface PersonalModes {
  readonly cards: PersonalMode;
  readonly myNumber: PersonalMode;
  readonly mail: PersonalMode;
  readonly phone: PersonalMode;
}

export interface RedactorOptions {
  /** Resolved secrets of the settings. Passwords within URLs are found; shorter than 6 characters is ignored. */
  readonly secrets: readonly string[];
  /** Values of variables with secret-like names are known values too. */
  readonly env: NodeJS.ProcessEnv;
  readonly pii: PersonalModes;
  /** Key of the tags: at least 16 random bytes, so that a tag does not tell a weak password. */
  readonly tagKey: Buffer;
  /** Words that no rule but a known value may touch: plan codes, cursors, operation ids. */
  readonly exempt?: RegExp;
}

/** One pattern of the rule table. */
export interface Rule {
  /** Stands in the replacement: `[REDACTED:<id>:…]`. */
  readonly id: string;
  readonly description: string;
  /** Case-insensitive; the pattern is tried only where one of them stands. */
  readonly keywords: readonly string[];
  /**
   * Source of a sticky regular expression, every quantifier bounded. With groups, the first is context that stays and
   * the second the secret; without, all of it is secret.
   */
  readonly pattern: string;
  readonly flags?: 'i';
  /** Where the pattern begins, in characters before the keyword; default 0. */
  readonly back?: number;
  /** The match may not follow a letter, digit, `_` or `-`: needed where the secret's own characters could spell the keyword. */
  readonly bounded?: true;
  /** Fewest bits of Shannon entropy a character, default 2.5. */
  readonly entropy?: number;
  /** What the pattern cannot say. */
  readonly accepts?: (secret: string) => boolean;
}
