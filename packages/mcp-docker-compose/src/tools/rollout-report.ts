import { nextCall, outside, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { RolloutRecord, ServiceOrder } from '../model/rollout.ts';
import type { ComposeCall } from './project-reading.ts';

const shownSteps = 40;

/** What is told of one rollout, finished or not. */
export const rolloutReport = z.strictObject({
  id: z.string(),
  status: z.enum(['running', 'succeeded', 'rolled-back', 'paused', 'failed', 'interrupted']),
  reason: outside(z.string()),
  snapshot: z.string(),
  startedAt: z.string(),
  seconds: z.number().optional(),
  services: z.array(
    z.strictObject({
      service: outside(z.string()),
      mode: z.enum(['start-first', 'stop-first']),
      replicas: z.int(),
      parallelism: z.int(),
      minimumReady: z.int().optional(),
    }),
  ),
  steps: z.array(
    z.strictObject({ at: z.string(), service: outside(z.string()), step: z.string(), detail: outside(z.string()) }),
  ),
  stepsInAll: z.int(),
  ungraceful: z.array(z.strictObject({ container: outside(z.string()), seconds: z.number(), exitCode: z.int() })),
});

type Report = z.input<typeof rolloutReport>;

export function rolloutReportOf(record: RolloutRecord): Report {
  const { endedAt, startedAt } = record;
  return {
    id: record.id,
    status: record.status,
    reason: record.reason,
    snapshot: record.snapshot,
    startedAt: timestamp(startedAt),
    ...(endedAt === undefined ? {} : { seconds: Math.round((endedAt - startedAt) / 100) / 10 }),
    services: record.services.map(({ service, mode, replicas, parallelism }) => ({
      service,
      mode,
      replicas,
      parallelism,
      ...(Object.hasOwn(record.minimumReady, service) ? { minimumReady: record.minimumReady[service] } : {}),
    })),
    steps: record.steps.slice(-shownSteps).map(({ at, service, kind, detail }) => ({
      at: timestamp(at),
      service,
      step: kind,
      detail: detail.slice(0, 300),
    })),
    stepsInAll: record.steps.length,
    ungraceful: record.ungraceful.map((one) => ({ ...one })),
  };
}

/** What is known of a rollout that goes on; before its first step only that it has begun. */
export async function going(
  id: string,
  services: readonly ServiceOrder[],
  { backend, state, clock, signal }: ComposeCall,
): Promise<RolloutRecord> {
  const records = await backend.rollouts.records(state, signal);
  const begun = {
    id,
    project: '',
    startedAt: clock.now(),
    endedAt: undefined,
    status: 'running',
    snapshot: '',
  } as const;
  return (
    records.find((record) => record.id === id) ?? {
      ...begun,
      services,
      steps: [],
      minimumReady: {},
      ungraceful: [],
      reason: '',
    }
  );
}

const words: Readonly<Record<Report['status'], string>> = {
  running: 'RUNNING: it goes on; compose_rollout_status tells how far it is',
  succeeded: 'SUCCEEDED: every replica is as wanted, and ready',
  'rolled-back': 'ROLLED BACK: every replica is as it was before',
  paused: 'PAUSED: nothing more is done until it is resumed or rolled back',
  failed: 'FAILED: the way back failed too; see what is there with compose_overview',
  interrupted: 'INTERRUPTED: its process ended; what is there serves, resume or roll back',
};

/** Verdict first, then the figures, then what was done. */
export function renderRollout(report: z.output<typeof rolloutReport>): string {
  const open = report.status === 'paused' || report.status === 'interrupted';
  return [
    words[report.status],
    ...(report.reason === '' ? [] : [`Why: ${report.reason}`]),
    `Rollout ${report.id}, begun ${report.startedAt}${report.seconds === undefined ? '' : `, ${report.seconds} s`}; snapshot ${report.snapshot}`,
    '',
    table(report.services, ['service', 'mode', 'replicas', 'parallelism', 'minimumReady']),
    ...(report.ungraceful.length === 0
      ? []
      : [
          '',
          'Killed after their grace period (raise stop_grace_period, or let the app end at SIGTERM):',
          table(report.ungraceful, ['container', 'seconds', 'exitCode']),
        ]),
    '',
    table(report.steps, ['at', 'service', 'step', 'detail']),
    ...(report.stepsInAll > report.steps.length ? [`last ${report.steps.length} of ${report.stepsInAll} steps`] : []),
    ...(open ? ['', nextCall('compose_rollback', { rollout: report.id })] : []),
    ...(report.status === 'running' ? ['', nextCall('compose_rollout_status', { id: report.id })] : []),
  ].join('\n');
}
