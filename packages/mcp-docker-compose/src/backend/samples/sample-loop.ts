import { setTimeout as delay } from 'node:timers/promises';
import { isToolError } from '@cinecom/mcp-core';
import { pointOf, type StatsById } from '../../analysis/samples/point-of.ts';
import type { SamplePoint } from '../../model/samples.ts';
import type { StatsSample } from '../../model/stats.ts';
import type { Engine } from '../port.ts';

export interface SampleLoop {
  readonly engine: Pick<Engine, 'containers' | 'stats'>;
  readonly everyMs: number;
  readonly append: (point: SamplePoint) => Promise<void>;
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

/** Looks at all replicas again and again until the signal aborts; an engine that does not answer leaves a gap. */
export async function sampleLoop(loop: SampleLoop, signal: AbortSignal): Promise<void> {
  let before: StatsById = new Map();
  let isFailing = false;
  while (!signal.aborted) {
    const begun = loop.now();
    try {
      before = await lookOnce(loop, before, signal);
      if (isFailing) loop.log('info', 'samples are taken again');
      isFailing = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!isToolError(error)) throw error;
      if (!isFailing) loop.log('warn', `no samples: ${error.message}`);
      isFailing = true;
      before = new Map();
    }
    const left = Math.max(0, begun + loop.everyMs - loop.now());
    await delay(left, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

async function lookOnce(loop: SampleLoop, before: StatsById, signal: AbortSignal): Promise<StatsById> {
  const containers = await loop.engine.containers(signal);
  const running = containers.filter(({ state, isOneOff }) => state.status === 'running' && !isOneOff);
  const samples = await Promise.all(
    running.map(async ({ id }): Promise<readonly [string, StatsSample | undefined]> => [
      id,
      await loop.engine.stats(id, signal),
    ]),
  );
  const after = new Map(samples.flatMap(([id, one]) => (one === undefined ? [] : [[id, one] as const])));
  await loop.append(pointOf(containers, before, after, loop.now()));
  return after;
}
