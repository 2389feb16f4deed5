import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, type State, ToolError } from '@cinecom/mcp-core';
import { holdOf } from '../../analysis/heal/ladder.ts';
import type { Container } from '../../model/container.ts';
import type { HealAction, HealOutcome, HealRecord, Heals } from '../../model/heal.ts';
import type { History } from '../port.ts';
import type { Surroundings } from '../rollout/create-world.ts';
import { type HealLog, openHealLog } from './heal-log.ts';
import { incidentOf } from './incident.ts';
import { recreate } from './recreate.ts';
import { verify, type Verified } from './verify.ts';

const lookAgainMs = 3000;
const changeMs = 120_000;

interface HealSurroundings extends Surroundings {
  readonly history: History;
}

/** Repairs of the project over its engine; under the lock that rollouts use too. */
export function createHeals(around: HealSurroundings): Heals {
  const { engine } = around;
  return {
    async looks(signal) {
      const earlier = await engine.containers(signal);
      if (!earlier.some(looksBad)) return { earlier, later: earlier };
      await delay(lookAgainMs, undefined, { signal });
      return { earlier, later: await engine.containers(signal) };
    },
    records: async (state) => (await openHealLog(around, state)).records(),
    async act(state, action, signal) {
      const log = await openHealLog(around, state);
      return state.exclusive(log.lock, () => actUnderLock(action, { log, state, around }, signal));
    },
  };
}

async function perform(
  { rung }: HealAction,
  container: Container,
  { engine, changes, now }: Surroundings,
  signal: AbortSignal,
): Promise<Verified> {
  const patience = AbortSignal.timeout(container.stopGraceMs + changeMs);
  if (rung === 'recreate') {
    return verify(await recreate(container, { engine, changes }, patience), { engine, now }, signal);
  }
  await changes.restart(container.id, container.stopGraceMs, patience);
  return verify(container.id, { engine, now }, signal);
}

async function actUnderLock(
  action: HealAction,
  { log, state, around }: { readonly log: HealLog; readonly state: State; readonly around: HealSurroundings },
  signal: AbortSignal,
): Promise<HealOutcome> {
  const { engine, history, now } = around;
  const container = await engine.container(action.containerId, signal);
  if (container.state.status === 'running' && container.health?.status === 'healthy') {
    return { outcome: 'ready', incident: '', detail: 'it recovered by itself: nothing was done' };
  }
  const at = now();
  if (action.rung !== 'alert') mustBeAllowed(action, await log.records(), at);
  const bundle = await incidentOf(container, { engine, history, state }, { now: at, signal });
  const { incident, end } = await log.begin(action, container, bundle, at);
  if (action.rung === 'alert') {
    await end('told');
    return { outcome: 'told', incident, detail: 'given up: somebody has to look' };
  }
  const { isReady, detail } = await perform(action, container, around, signal).catch(refusal);
  const outcome = isReady ? 'ready' : 'not ready';
  await end(outcome);
  return { outcome, incident, detail };
}

/** Once more under the lock: another process may have spent it meanwhile. */
function mustBeAllowed({ service }: HealAction, records: readonly HealRecord[], at: number): void {
  const mine = records.filter((one) => one.service === service);
  const hold = holdOf(mine, at);
  if (hold === undefined) return;
  throw new ToolError('backend_conflict', `the ${hold.why} of this service forbids another repair now`, {
    hint: `Allowed again in ${Math.ceil((hold.until - at) / 1000)} s.`,
    applied: 'no',
  });
}

/** That the engine refused is an outcome like another: the next step of the ladder follows. */
function refusal(error: unknown): Verified {
  if (!isToolError(error)) throw error;
  return {
    isReady: false,
    detail: [error.message, error.backendText].filter((text) => text !== undefined).join(': '),
  };
}

function looksBad({ health, state, restartCount }: Container): boolean {
  return health?.status === 'unhealthy' || state.status === 'restarting' || restartCount > 0;
}
