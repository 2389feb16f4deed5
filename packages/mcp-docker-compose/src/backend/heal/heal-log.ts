import type { Json, State } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { HealAction, HealRecord, Incident } from '../../model/heal.ts';
import type { Surroundings } from '../rollout/create-world.ts';
import { keyOf } from '../project-key.ts';
import { lockOf } from '../rollout/store.ts';

const keptRecords = 500;
/** Bundles take turns in so many files. */
const keptIncidents = 40;
const never = new AbortController().signal;

interface Kept {
  readonly records: readonly HealRecord[];
  /** Incidents so far. */
  readonly incidents: number;
}

/** What was tried, and what was seen before, in the state folder. */
export interface HealLog {
  readonly lock: string;
  records(): Promise<readonly HealRecord[]>;
  /** On disk before anything is touched: a process that dies meanwhile has spent its budget. */
  begin(action: HealAction, container: Container, bundle: Incident, at: number): Promise<OpenHeal>;
}

export interface OpenHeal {
  readonly incident: string;
  readonly end: (outcome: HealRecord['outcome']) => Promise<void>;
}

export async function openHealLog(around: Surroundings, state: State): Promise<HealLog> {
  const key = await keyOf(around, never);
  const file = `heals-${key}`;
  const read = async (): Promise<Kept> =>
    ((await state.store.read(file)) as unknown as Kept | undefined) ?? { records: [], incidents: 0 };
  return {
    lock: lockOf(key),
    records: async () => (await read()).records,
    async begin({ service, number, container: name, rung, reason }, { id }, bundle, at) {
      const { records, incidents } = await read();
      const store = `incident-${key}-${incidents % keptIncidents}`;
      const incident = await state.evidence({ kind: 'incident', service, number, container: id, rung, reason, store });
      await state.sealed.write(store, { ...bundle, incident });
      const record = { at, service, number, container: name, rung, incident };
      const end = (outcome: HealRecord['outcome']): Promise<void> => {
        const all = [...records, { ...record, outcome }].slice(-keptRecords);
        return state.store.write(file, { records: all, incidents: incidents + 1 } as unknown as Json);
      };
      await end('begun');
      return { incident, end };
    },
  };
}
