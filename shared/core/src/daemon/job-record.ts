import type { AuditEvent } from '../audit/types.ts';
import type { Runtime } from '../call/runtime.ts';
import type { Why } from './job-state.ts';
import type { ReadyJob } from './read-jobs.ts';

/** What became of one tick of a job. */
export interface JobEvent {
  readonly event: 'begun' | 'ended' | 'skipped' | 'unknown';
  /** UTC ms. */
  readonly tick: number;
  readonly why: Why;
  readonly run?: string;
  readonly undelivered?: readonly string[];
}

/** Writes a `job` record; the call itself leaves its own. */
export async function recordJob(
  runtime: Pick<Runtime, 'note' | 'core' | 'server'>,
  job: Pick<ReadyJob, 'name' | 'tool'>,
  { event, tick, why, run, undelivered = [] }: JobEvent,
  outcome?: { readonly result: NonNullable<AuditEvent['outcome']>['result']; readonly code: string | undefined },
): Promise<void> {
  await runtime.note({
    type: 'job',
    actor: { sub: `job:${job.name}`, role: runtime.core.allow },
    origin: { transport: 'job' },
    action: { server: runtime.server.name, tool: job.tool },
    ...(outcome === undefined
      ? {}
      : { outcome: { result: outcome.result, ...(outcome.code === undefined ? {} : { code: outcome.code }) } }),
    detail: {
      event,
      job: job.name,
      tick: new Date(tick).toISOString(),
      why,
      ...(run === undefined ? {} : { run }),
      ...(undelivered.length > 0 ? { undelivered: [...undelivered] } : {}),
    },
  });
}
