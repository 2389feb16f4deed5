import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, type Json, type State, ToolError } from '@cinecom/mcp-core';
import { holdOf } from '../../analysis/heal/ladder.ts';
import type { Container } from '../../model/container.ts';
import type { HealAction, HealOutcome, HealRecord, Heals } from '../../model/heal.ts';
import type { Surroundings } from '../rollout/create-world.ts';
import { openStore } from '../rollout/store.ts';
import { incidentOf } from './incident.ts';
import { recreate } from './recreate.ts';
import { verify, type Verified } from './verify.ts';

const lookAgainMs = 3000;
const keptRecords = 500;
/** Bundles take turns in so many files. */
const keptIncidents = 40;
const changeMs = 120_000;

interface Kept {
  readonly records: readonly HealRecord[];
  /** Incidents so far. */
  readonly incidents: number;
}

/** Repairs of the project over its engine; under the lock that rollouts use too. */
export function createHeals(around: Surroundings): Heals {
  const { engine } = around;
  return {
    async looks(signal) {
      const earlier = await engine.containers(signal);
      if (!earlier.some(looksBad)) return { earlier, later: earlier };
      await delay(lookAgainMs, undefined, { signal });
      return { earlier, later: await engine.containers(signal) };
    },
    records: (state) => openHeals(around, state).records(),
    act: (state, action, signal) => openHeals(around, state).act(action, signal),
  };
}

interface OpenHeals {
  records(): Promise<readonly HealRecord[]>;
  act(action: HealAction, signal: AbortSignal): Promise<HealOutcome>;
}

function openHeals(around: Surroundings, state: State): OpenHeals {
  const { engine, compose, changes, now } = around;
  const never = new AbortController().signal;

  async function place(): Promise<{ readonly lock: string; readonly file: string; readonly incident: string }> {
    const [name, info] = await Promise.all([compose.projectName(never), engine.info(never)]);
    const { lock } = openStore(state, { name, engine: info.id });
    const key = lock.replace(/^project-/, '');
    return { lock, file: `heals-${key}`, incident: `incident-${key}` };
  }

  async function recordsIn(file: string): Promise<Kept> {
    const found = (await state.store.read(file)) as unknown as Kept | undefined;
    return found ?? { records: [], incidents: 0 };
  }

  /** On disk before anything is touched: a process that dies meanwhile has spent its budget. */
  async function begin(
    action: HealAction,
    container: Container,
    signal: AbortSignal,
  ): Promise<{ readonly record: HealRecord; readonly end: (outcome: HealRecord['outcome']) => Promise<void> }> {
    const { file, incident } = await place();
    const { records, incidents } = await recordsIn(file);
    const at = now();
    const hold =
      action.rung === 'alert'
        ? undefined
        : holdOf(
            records.filter(({ service }) => service === action.service),
            at,
          );
    if (hold !== undefined) {
      throw new ToolError('backend_conflict', `the ${hold.why} of this service forbids another repair now`, {
        hint: `Allowed again in ${Math.ceil((hold.until - at) / 1000)} s.`,
        applied: 'no',
      });
    }
    const bundle = await incidentOf(container, engine, { now: at, signal });
    const bundleFile = `${incident}-${incidents % keptIncidents}`;
    const { service, number, rung, reason } = action;
    const id = await state.evidence({
      kind: 'incident',
      service,
      number,
      container: container.id,
      rung,
      reason,
      store: bundleFile,
    });
    await state.store.write(bundleFile, { ...bundle, incident: id });
    const record: HealRecord = {
      at,
      service,
      number,
      container: action.container,
      rung,
      outcome: 'begun',
      incident: id,
    };
    const write = (last: HealRecord): Promise<void> =>
      state.store.write(file, {
        records: [...records, last].slice(-keptRecords),
        incidents: incidents + 1,
      } as unknown as Json);
    await write(record);
    return { record, end: (outcome) => write({ ...record, outcome }) };
  }

  async function perform({ rung }: HealAction, container: Container, signal: AbortSignal): Promise<Verified> {
    const patience = AbortSignal.timeout(container.stopGraceMs + changeMs);
    if (rung === 'recreate') {
      return verify(await recreate(container, { engine, changes }, patience), { engine, now }, signal);
    }
    await changes.restart(container.id, container.stopGraceMs, patience);
    return verify(container.id, { engine, now }, signal);
  }

  async function actUnderLock(action: HealAction, signal: AbortSignal): Promise<HealOutcome> {
    const container = await engine.container(action.containerId, signal);
    if (container.state.status === 'running' && container.health?.status === 'healthy')
      return { outcome: 'ready', incident: '', detail: 'it recovered by itself: nothing was done' };
    const { record, end } = await begin(action, container, signal);
    const { incident } = record;
    if (action.rung === 'alert') {
      await end('told');
      return { outcome: 'told', incident, detail: 'given up: somebody has to look' };
    }
    const { isReady: worked, detail } = await perform(action, container, signal).catch((error: unknown): Verified => {
      if (!isToolError(error)) throw error;
      return {
        isReady: false,
        detail: [error.message, error.backendText].filter((text) => text !== undefined).join(': '),
      };
    });
    await end(worked ? 'ready' : 'not ready');
    return { outcome: worked ? 'ready' : 'not ready', incident, detail };
  }

  return {
    records: async () => (await recordsIn((await place()).file)).records,
    act: async (action, signal) => state.exclusive((await place()).lock, () => actUnderLock(action, signal)),
  };
}

function looksBad({ health, state, restartCount }: Container): boolean {
  return health?.status === 'unhealthy' || state.status === 'restarting' || restartCount > 0;
}
