import { isObject, type Json } from '../json.ts';
import { type StepRecord, type Verdict, verdicts } from './types.ts';

/** The verdict that a structured result states; undefined for data that judges nothing. */
export function verdictOf(result: Json | undefined): Verdict | undefined {
  const stated = isObject(result) ? result['verdict'] : undefined;
  return verdicts.find((verdict) => verdict === stated);
}

/** The worst of some verdicts; undefined of none. */
export function worst(given: readonly (Verdict | undefined)[]): Verdict | undefined {
  return verdicts.find((verdict) => given.includes(verdict));
}

/**
 * The verdict over all steps. A step that did not come to its end was not examined, so nothing is `ok` with it; neither is
 * a run in which no step judged anything.
 */
export function overall(steps: readonly StepRecord[]): Verdict {
  const stated = steps.map((step) => {
    if (step.status === 'ok') return step.verdict;
    return step.status === 'skipped' ? undefined : (worst([step.verdict, 'unknown']) ?? 'unknown');
  });
  return worst(stated) ?? 'unknown';
}
