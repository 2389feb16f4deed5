import type { Scope } from '../expression/evaluate.ts';
import { missingPaths } from '../expression/missing.ts';
import { fill } from '../expression/template.ts';
import type { Json } from '../json.ts';
import type { Runbook, Step } from '../runbook/types.ts';
import type { RunContext } from './context.ts';
import { runStep, withoutCalls } from './run-step.ts';
import type { StepRecord } from './types.ts';

/** What the steps so far have left for those that follow. */
interface Results {
  readonly records: Map<string, StepRecord>;
  readonly steps: Map<string, Json>;
  readonly saved: Map<string, Json>;
  /** Saved name → its step. */
  readonly savers: Map<string, string>;
  /** The step after whose failure nothing new begins. */
  stoppedBy: string | undefined;
}

/** Runs every step as soon as those it waits for have ended. @returns the records in the order of the runbook */
export async function runSteps(context: RunContext, runbook: Runbook): Promise<readonly StepRecord[]> {
  const results: Results = {
    records: new Map(),
    steps: new Map(),
    saved: new Map(),
    savers: new Map(),
    stoppedBy: undefined,
  };
  const ends = new Map<string, Promise<void>>();
  const byId = new Map(runbook.steps.map((step) => [step.id, step] as const));
  const endOf = (step: Step): Promise<void> => {
    const known = ends.get(step.id);
    if (known) return known;
    const before = step.after.flatMap((id) => byId.get(id) ?? []);
    const end = Promise.all(before.map(endOf)).then(() => perform(context, step, results));
    ends.set(step.id, end);
    return end;
  };
  await Promise.all(runbook.steps.map(endOf));
  return runbook.steps.flatMap((step) => results.records.get(step.id) ?? []);
}

async function perform(context: RunContext, step: Step, results: Results): Promise<void> {
  const before = scopeOf(context, results);
  const record =
    hindered(context, step, results) ?? withoutData(step, before, results) ?? (await runStep(context, step, before));
  results.records.set(step.id, record);
  if (record.status === 'failed' && step.onError === 'stop') results.stoppedBy ??= step.id;
  const result = resultOf(record);
  results.steps.set(step.id, result);
  const scope = new Map([...scopeOf(context, results), ['result', result]]);
  for (const [name, value] of step.save) {
    // What is not there is not saved, so that a mistyped name is told where the value is used.
    if (missingPaths(value, scope).length === 0) results.saved.set(name, fill(value, scope));
    results.savers.set(name, step.id);
  }
  context.observe({ kind: 'end', record });
}

/** Why a step may not begin although its turn has come. */
function hindered(context: RunContext, step: Step, results: Results): StepRecord | undefined {
  if (context.signal.aborted) return withoutCalls(step, 'cancelled', { code: 'interrupted' });
  if (results.stoppedBy !== undefined) {
    return withoutCalls(step, 'blocked', { code: 'stopped', step: results.stoppedBy });
  }
  const needed = step.after.find((id) => !hasEnded(results.records.get(id)));
  return needed === undefined ? undefined : withoutCalls(step, 'blocked', { code: 'needs', step: needed });
}

/** A step that would use what a skipped step did not leave is skipped with it. */
function withoutData(step: Step, scope: Scope, results: Results): StepRecord | undefined {
  const sources = missingPaths(step.input, scope).map(({ keys, root }) => {
    const name = String(keys[0]);
    return root === 'steps' ? name : root === 'saved' ? results.savers.get(name) : undefined;
  });
  const skipped = sources.find((id) => id !== undefined && results.records.get(id)?.status === 'skipped');
  return skipped === undefined ? undefined : withoutCalls(step, 'skipped', { code: 'needs_skipped', step: skipped });
}

/** A step that its condition skipped leaves nothing, and that is a fact others can go on with. */
function hasEnded(record: StepRecord | undefined): boolean {
  return record?.status === 'ok' || record?.status === 'skipped';
}

function resultOf(record: StepRecord): Json {
  if (record.foreach) return record.calls.map((call) => call.result ?? null);
  return record.calls[0]?.result ?? null;
}

function scopeOf(context: RunContext, results: Results): Scope {
  return new Map<string, Json>([
    ['inputs', Object.fromEntries(context.inputs)],
    ['steps', Object.fromEntries(results.steps)],
    ['saved', Object.fromEntries(results.saved)],
  ]);
}
