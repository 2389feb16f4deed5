import type { Prepared } from '../expression/prepared.ts';
import type { Language, Plain } from './schema.ts';

/** A runbook that was read and found right. */
export interface Runbook {
  readonly file: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly language: Language;
  readonly inputs: Readonly<
    Record<string, { readonly description?: string | undefined; readonly default?: Plain | undefined }>
  >;
  readonly steps: readonly Step[];
}

/** One call of a tool, or one for each item of a list. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly server: string;
  readonly tool: string;
  readonly input: Prepared;
  readonly when: Prepared | undefined;
  readonly foreach: Prepared | undefined;
  /** What of the result later steps read as `saved.<name>`. */
  readonly save: readonly (readonly [string, Prepared])[];
  readonly timeoutMs: number;
  readonly onError: 'stop' | 'continue';
  /** Steps that end before this one begins: those it refers to, and its `needs`. */
  readonly after: readonly string[];
}
