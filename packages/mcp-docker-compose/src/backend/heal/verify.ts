import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../../model/container.ts';
import type { Engine } from '../port.ts';

const lookEveryMs = 200;
const settleMs = 10_000;
const leastMs = 20_000;
const mostMs = 180_000;

export interface Verified {
  readonly isReady: boolean;
  readonly detail: string;
}

/** Waits until a replica is healthy, or has run for 10 s where nothing checks it; at most as long as its check may take. */
export async function verify(
  id: string,
  { engine, now }: { readonly engine: Engine; readonly now: () => number },
  signal: AbortSignal,
): Promise<Verified> {
  const begun = now();
  for (;;) {
    const container = await engine.container(id, signal);
    const known = judge(container, now());
    if (known !== undefined) return known;
    if (now() - begun > patienceOf(container)) return { isReady: false, detail: 'not ready in time' };
    await delay(lookEveryMs, undefined, { signal });
  }
}

function judge({ state, health, restartCount }: Container, now: number): Verified | undefined {
  if (state.status !== 'running' || restartCount > 0)
    return { isReady: false, detail: `${state.status}, exit ${state.exitCode}` };
  if (health?.status === 'healthy') return { isReady: true, detail: 'healthy' };
  if (health?.status === 'unhealthy') return { isReady: false, detail: 'unhealthy again' };
  if (health === undefined && state.startedAt !== undefined && now - state.startedAt >= settleMs) {
    return { isReady: true, detail: `runs for ${settleMs / 1000} s` };
  }
  return undefined;
}

function patienceOf({ health }: Container): number {
  if (health === undefined) return leastMs;
  const { startPeriodMs, retries, intervalMs, timeoutMs } = health;
  return Math.min(mostMs, Math.max(leastMs, startPeriodMs + (retries + 1) * (intervalMs + timeoutMs)));
}
