import type { RolloutRecord, RolloutStatus, ServiceOrder, Snapshot } from '../../model/rollout.ts';
import type { RolloutControl } from '../../model/rollouts.ts';
import type { RolloutFailure } from './failure.ts';
import type { Recorder } from './reconcile.ts';
import type { RolloutStore } from './store.ts';

const keptSteps = 400;

/** The journal of one rollout: each step is on disk before it is done. */
export interface OpenRecord extends Recorder {
  failed(service: string, failure: RolloutFailure): Promise<void>;
  end(status: RolloutStatus, reason: string): Promise<RolloutRecord>;
}

export interface RecordOptions {
  readonly id: string;
  readonly orders: readonly ServiceOrder[];
  readonly snapshot: Snapshot;
  readonly store: RolloutStore;
  readonly now: () => number;
  readonly progress: RolloutControl['progress'];
}

export function openRecord({ id, orders, snapshot, store, now, progress }: RecordOptions): OpenRecord {
  const steps: RolloutRecord['steps'][number][] = [];
  // a map: a service may be called constructor
  const minimumReady = new Map<string, number>();
  const ungraceful: RolloutRecord['ungraceful'][number][] = [];
  const startedAt = now();

  async function save(status: RolloutStatus, reason = ''): Promise<RolloutRecord> {
    const record: RolloutRecord = {
      id,
      project: snapshot.project,
      startedAt,
      endedAt: status === 'running' ? undefined : now(),
      status,
      snapshot: snapshot.id,
      services: orders,
      steps,
      minimumReady: Object.fromEntries(minimumReady),
      ungraceful,
      reason,
    };
    await store.save(record);
    return record;
  }

  const step: Recorder['step'] = async (one) => {
    steps.push({ ...one, at: now() });
    if (steps.length > keptSteps) steps.shift();
    progress(steps.length, undefined, `${one.service}: ${one.kind} ${one.detail}`);
    await save('running');
  };

  return {
    step,
    sawReady(service, ready) {
      minimumReady.set(service, Math.min(minimumReady.get(service) ?? ready, ready));
    },
    retired({ container, seconds, exitCode, isForced }) {
      if (isForced) ungraceful.push({ container, seconds, exitCode });
    },
    failed: (service, { message, containers }) => step({ service, kind: 'failure', containers, detail: message }),
    end: (status, reason) => save(status, reason),
  };
}
