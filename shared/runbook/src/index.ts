export { Problem } from './problem.ts';
export { readRunbook, parseRunbook } from './runbook/read-runbook.ts';
export { resolveInputs } from './runbook/inputs.ts';
export type { Language, Runbook, Step } from './runbook/types.ts';
export { parseServers, readServers, type ServerEntry } from './servers/read-servers.ts';
export { checkRunbook, runRunbook, type RunOptions } from './run/run-runbook.ts';
export type { Clock, RunEvent } from './run/context.ts';
export type {
  CallError,
  CallRecord,
  PlanRecord,
  Reason,
  RunRecord,
  ServerRecord,
  StepRecord,
  Verdict,
} from './run/types.ts';
export { exitCodeOf, exitCodes, type FailOn } from './run/exit-codes.ts';
export { renderReport } from './report/render-report.ts';
export { toJson } from './report/to-json.ts';
