import { isToolError } from '../errors/tool-error.ts';
import type { NotExamined } from './findings.ts';

/** One part of an answer that may be missing: its value, or why there is none. */
export interface Attempt<Value> {
  readonly value: Value | undefined;
  readonly missing: readonly NotExamined[];
}

/**
 * Lets one part of an answer fail alone. What is no error of the catalogue still ends the call.
 *
 * @param what the part, as "not examined" names it
 * @param options.required without it the answer may not say ok
 * @param options.deadline the time of this part: that it is over is no failure of the call
 */
export async function attempt<Value>(
  what: string,
  work: Promise<Value>,
  options: { readonly required?: boolean; readonly deadline?: AbortSignal } = {},
): Promise<Attempt<Value>> {
  const missing = (why: string): Attempt<Value> => ({
    value: undefined,
    missing: [{ what, why, required: options.required ?? false }],
  });
  return work.then(
    (value) => ({ value, missing: [] }),
    (error: unknown) => {
      if (options.deadline?.aborted) return missing('the time for it was over');
      if (isToolError(error)) return missing(error.message);
      throw error;
    },
  );
}
