import { counted, duration } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import type { EngineEvent } from '../../model/event.ts';
import type { Looks } from '../../model/heal.ts';
import { endsOf } from '../diagnose/ends-of.ts';
import { isLoop, loopEnds } from '../diagnose/rules/crash-loop.ts';
import { probeFailure } from '../diagnose/rules/health.ts';

export interface HealCandidate {
  readonly container: Container;
  /** Own words with figures. */
  readonly reason: string;
  /** Why no restart would repair it; undefined where one may. */
  readonly futile: string | undefined;
}

/** One that has run so long since its last end is out of its loop. */
const settledMs = 60_000;

/**
 * Replicas that are ill: unhealthy at both looks without a start between, or in a loop of ends at this moment. One that was
 * stopped, or ended without being started anew, is none: that is somebody's wish, or the file's.
 */
export function candidatesOf(
  { earlier, later }: Looks,
  events: readonly EngineEvent[],
  now: number,
): readonly HealCandidate[] {
  const before = new Map(earlier.map((one) => [one.id, one]));
  return later.flatMap((container) => {
    if (container.isOneOff) return [];
    const old = before.get(container.id);
    return unhealthy(container, old) ?? looping(container, old, { events, now }) ?? [];
  });
}

function unhealthy(container: Container, old: Container | undefined): readonly HealCandidate[] | undefined {
  const { health, state } = container;
  if (state.status !== 'running' || health?.status !== 'unhealthy') return undefined;
  if (old?.health?.status !== 'unhealthy' || old.state.startedAt !== state.startedAt) return undefined;
  const probe = health.log.at(-1);
  const isBroken = probe !== undefined && probeFailure(probe, health) === 'broken';
  return [
    {
      container,
      reason: `unhealthy at two looks, ${counted(health.failingStreak, 'failed probe')} in a row`,
      futile: isBroken ? 'its health check itself cannot run' : undefined,
    },
  ];
}

function looping(
  container: Container,
  old: Container | undefined,
  { events, now }: { readonly events: readonly EngineEvent[]; readonly now: number },
): readonly HealCandidate[] | undefined {
  const { state, restartCount, id } = container;
  if (state.status !== 'restarting' && state.status !== 'running') return undefined;
  const own = endsOf({
    containers: [container],
    events: events.filter(({ containerId }) => containerId === id),
    wanted: undefined,
  }).filter(({ kind }) => kind === 'own' || kind === 'oom');
  const isRecent =
    state.status === 'restarting' || (state.startedAt !== undefined && now - state.startedAt < settledMs);
  const hasGrown = old !== undefined && restartCount > old.restartCount && restartCount > 1;
  const isIn = isRecent && (isLoop(own) || restartCount >= loopEnds || hasGrown);
  if (!isIn) return undefined;
  const last = own.at(-1);
  const code = last?.exitCode ?? (state.status === 'restarting' ? state.exitCode : undefined);
  const started = state.startedAt === undefined ? '' : `, started ${duration(Math.max(0, now - state.startedAt))} ago`;
  return [
    {
      container,
      reason: `ends again and again: ${counted(restartCount, 'restart')}${code === undefined ? '' : `, exit ${code}`}${started}`,
      futile: code === 0 ? 'it ends without error each time: a job under a restart policy' : undefined,
    },
  ];
}
