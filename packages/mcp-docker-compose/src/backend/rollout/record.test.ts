import { expect, it } from 'vitest';
import type { RolloutRecord } from '../../model/rollout.ts';
import { openRecord } from './record.ts';
import type { RolloutStore } from './store.ts';

it.each(['movie', 'constructor', 'toString'])(
  'the fewest ready replicas of a service called %s are kept',
  async (name) => {
    const saved: RolloutRecord[] = [];
    const store = { save: async (record: RolloutRecord) => void saved.push(record) } as unknown as RolloutStore;
    const snapshot = { id: 's', project: 'p', at: 0, label: '', services: [] };
    const record = openRecord({ id: 'r', orders: [], snapshot, store, now: () => 5, progress: () => undefined });
    for (const ready of [3, 2, 4]) record.sawReady(name, ready);
    await record.end('succeeded', '');
    expect(JSON.parse(JSON.stringify(saved.at(-1)))).toMatchObject({ minimumReady: { [name]: 2 } });
  },
);
