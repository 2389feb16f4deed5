import type { Json, State } from '@cinecom/mcp-core';
import type { RolloutRecord, Snapshot } from '../../model/rollout.ts';
import { projectKey } from '../project-key.ts';

const keptRecords = 30;

/** What is kept of a project's rollouts; each write replaces a whole file, so a crash leaves the one before or after. */
export interface RolloutStore {
  readonly lock: string;
  records(): Promise<readonly RolloutRecord[]>;
  /** Adds it, or replaces that of its id. */
  save(record: RolloutRecord): Promise<void>;
  snapshots(): Promise<readonly Snapshot[]>;
  /** @returns those that had to go for it */
  add(snapshot: Snapshot, keep: number): Promise<readonly Snapshot[]>;
}

export function openStore(
  { store }: Pick<State, 'store'>,
  project: { readonly name: string; readonly engine: string },
): RolloutStore {
  const key = projectKey(project);
  const list = async <Item>(name: string): Promise<readonly Item[]> =>
    ((await store.read(name)) ?? []) as unknown as readonly Item[];
  const records = (): Promise<readonly RolloutRecord[]> => list(`rollouts-${key}`);
  const snapshots = (): Promise<readonly Snapshot[]> => list(`snapshots-${key}`);
  return {
    lock: `project-${key}`,
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
