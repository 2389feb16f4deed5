import type { Operator } from './operator.ts';
import type { Report } from './report.ts';

/** The session that everyone waits for. */
export interface Culprit {
  readonly pid: number;
  /** What it last ran: a pid alone could have been reused. */
  readonly query: string;
}

/** One change the way every change goes: planned, shown, confirmed by the code of that plan, applied, looked at again. */
export async function confirmedChange(report: Report, operator: Operator, culprit: Culprit): Promise<void> {
  const args = { pid: culprit.pid, expectQuery: culprit.query };
  report.heading('End the session that blocks the others  (pg_terminate)');
  const plan = await operator.plan('pg_terminate', args);
  report.body(plan.text);
  report.heading('Confirmed');
  report.body(await operator.ask('pg_terminate', { ...args, confirm: plan.code }));
  report.heading('And now?  (pg_locks)');
  report.body(await operator.ask('pg_locks', {}));
}
