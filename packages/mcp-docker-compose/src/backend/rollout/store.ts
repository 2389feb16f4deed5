import type { Json, State } from '@cinecom/mcp-core';
import type { RolloutRecord, Snapshot } from '../../model/rollout.ts';

const keptRecords = 30;

/**
 * What is kept of a project's rollouts, sealed: snapshots hold environments. Each write replaces a whole file, so a crash
 * leaves the one before or after.
 */
export interface RolloutStore {
  readonly lock: string;
  records(): Promise<readonly RolloutRecord[]>;
  /** Adds it, or replaces that of its id. */
  save(record: RolloutRecord): Promise<void>;
  snapshots(): Promise<readonly Snapshot[]>;
  /** @returns those that had to go for it */
  add(snapshot: Snapshot, keep: number): Promise<readonly Snapshot[]>;
}

/** Of all changes of a project. @param key of the project */
export function lockOf(key: string): string {
  return `project-${key}`;
}

/** @param key of the project */
export function openStore({ sealed: store }: Pick<State, 'sealed'>, key: string): RolloutStore {
  const list = async <Item>(name: string): Promise<readonly Item[]> =>
    ((await store.read(name)) ?? []) as unknown as readonly Item[];
  const records = (): Promise<readonly RolloutRecord[]> => list(`rollouts-${key}`);
  const snapshots = (): Promise<readonly Snapshot[]> => list(`snapshots-${key}`);
  return {
    lock: lockOf(key),
    records,
    snapshots,
    async save(record) {
      const others = (await records()).filter(({ id }) => id !== record.id);
      await store.write(`rollouts-${key}`, [record, ...others].slice(0, keptRecords) as unknown as Json);
    },
    async add(snapshot, keep) {
      const all = [snapshot, ...(await snapshots())];
      await store.write(`snapshots-${key}`, all.slice(0, keep) as unknown as Json);
      return all.slice(keep);
    },
  };
}
