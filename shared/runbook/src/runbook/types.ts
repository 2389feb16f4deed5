import type { Template } from '../expression/template.ts';
import type { InputFile } from './schema.ts';

export type Language = 'en' | 'ja';

/** One call of one tool, or one call for each item of a list. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly server: string;
  readonly tool: string;
  readonly input: Template;
  readonly when: Template | undefined;
  readonly foreach: Template | undefined;
  readonly save: readonly (readonly [name: string, value: Template])[];
  /** Ids of the steps that end before this one begins: those it refers to, and its `needs`. */
  readonly after: readonly string[];
  readonly timeoutMs: number;
  readonly onError: 'stop' | 'continue';
}

/** A runbook whose names, references and order hold; nothing of it has been run. */
export interface Runbook {
  readonly title: string;
  readonly description: string | undefined;
  readonly language: Language | undefined;
  readonly inputs: ReadonlyMap<string, InputFile>;
  /** In the order of the file. */
  readonly steps: readonly Step[];
}
