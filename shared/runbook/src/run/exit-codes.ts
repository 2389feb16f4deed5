import type { RunRecord } from './types.ts';

/** What the exit status says; the same numbers as in every server of this project. */
export const exitCodes = {
  ok: 0,
  stepFailed: 1,
  usage: 2,
  planWaits: 4,
  serverMissing: 5,
  outcomeUnknown: 6,
  warning: 10,
  critical: 11,
  interrupted: 130,
} as const;

export const failOns = ['critical', 'warning', 'never'] as const;
/** From which verdict on a run that went well ends with a status of its own. */
export type FailOn = (typeof failOns)[number];

/** The exit status of a run. That a change may have happened outweighs what was found, that outweighs what was missed. */
export function exitCodeOf(run: RunRecord, failOn: FailOn): number {
  const calls = run.steps.flatMap((step) => step.calls);
  const changed = calls.some((call) => call.status !== 'ok' && call.error?.applied === 'unknown');
  if (changed) return exitCodes.outcomeUnknown;
  if (run.interrupted) return exitCodes.interrupted;
  if (failOn !== 'never' && run.verdict === 'critical') return exitCodes.critical;
  if (run.servers.some((server) => server.error !== undefined)) return exitCodes.serverMissing;
  if (run.steps.some((step) => step.status === 'failed' || step.status === 'blocked')) return exitCodes.stepFailed;
  if (run.steps.some((step) => step.status === 'planned')) return exitCodes.planWaits;
  const doubtful = run.verdict === 'warning' || run.verdict === 'unknown';
  return failOn === 'warning' && doubtful ? exitCodes.warning : exitCodes.ok;
}
