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
  /** For log lines and error texts: at most 64 KiB, the rest is cut. */
  line(text: string): string;
  /** Adds secrets known only later (a token read from a file). */
  learn(secrets: readonly string[]): void;
}
