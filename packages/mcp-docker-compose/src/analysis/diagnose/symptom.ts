import type { Severity } from '@cinecom/mcp-core';
import type { FilePath } from '../files/locate.ts';
import type { ProjectFacts, ServiceFacts } from './facts.ts';
import type { Code } from './precedence.ts';

export type Confidence = 'certain' | 'likely' | 'possible';

/** One thing that is wrong with a service, by one rule. */
export interface Symptom {
  readonly code: Code;
  readonly confidence: Confidence;
  readonly severity: Extract<Severity, 'info' | 'warning'>;
  /** With units; may hold words of others. */
  readonly evidence: string;
  readonly threshold: string;
  /** Own words only. */
  readonly fix: string;
  /** Where in the files the fix belongs. */
  readonly path?: FilePath;
  /** What to write there: `healthcheck.timeout: 5s`. Own words only. */
  readonly patch?: string;
  /** Further evidence: what was seen of which container; may hold words of others. */
  readonly seen: readonly string[];
  /** The service that this one waits for. */
  readonly dependency?: string;
}

/** Looks for one code in what was read of one service; nothing found = an empty list. */
export type Rule = (service: ServiceFacts, project: ProjectFacts) => readonly Symptom[];
