import type { CallRecord, RunRecord, StepRecord } from '../run/types.ts';
import { exitCodeOf, type FailOn } from '../run/exit-codes.ts';

/** A run as data, for programs: one step with one call has its result beside its status, one with `foreach` has `items`. */
export function toJson(run: RunRecord, failOn: FailOn): string {
  const { title, description: _description, language: _language, steps, ...rest } = run;
  const data = { runbook: { title }, ...rest, exitCode: exitCodeOf(run, failOn), steps: steps.map(stepJson) };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function stepJson({ calls, foreach, itemsCut, reason, ...step }: StepRecord): object {
  const why = reason === undefined ? {} : { why: reason };
  if (foreach) return { ...step, ...why, items: calls, ...(itemsCut > 0 ? { itemsCut } : {}) };
  const [call] = calls;
  const { at: _at, durationMs: _durationMs, status: _status, ...rest } = call ?? ({} as Partial<CallRecord>);
  return { ...step, ...why, ...rest };
}
