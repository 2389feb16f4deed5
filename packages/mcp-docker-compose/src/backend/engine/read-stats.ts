import { setTimeout as delay } from 'node:timers/promises';
import { isToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { StatsPair, StatsSample, Transfer } from '../../model/stats.ts';
import type { EngineClient } from './client.ts';
import { parsed } from './parsed.ts';

const number = z.number().nullish();
const statsSchema = z.object({
  read: z.string(),
  pids_stats: z.object({ current: number }).nullish(),
  cpu_stats: z
    .object({
      cpu_usage: z.object({ total_usage: number }).nullish(),
      throttling_data: z.object({ periods: number, throttled_periods: number }).nullish(),
    })
    .nullish(),
  memory_stats: z.object({ usage: number, stats: z.record(z.string(), z.number()).nullish() }).nullish(),
  blkio_stats: z
    .object({ io_service_bytes_recursive: z.array(z.object({ op: z.string(), value: z.number() })).nullish() })
    .nullish(),
  networks: z.record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number() })).nullish(),
});
type StatsAnswer = z.infer<typeof statsSchema>;

/** What a container has used so far; undefined for one that does not run or is not there any more. */
export async function readStats(
  client: EngineClient,
  id: string,
  signal: AbortSignal,
): Promise<StatsSample | undefined> {
  const path = `/containers/${encodeURIComponent(id)}/stats`;
  // one-shot: else the engine waits for a second sample of its own
  const answer = await client
    .ask({ path, query: { stream: false, 'one-shot': true }, signal })
    .catch((error: unknown) => {
      if (isToolError(error) && error.code === 'backend_not_found') return undefined;
      throw error;
    });
  return answer === undefined ? undefined : sampleOf(answer);
}

/** @param answer of `GET /containers/{id}/stats`; the year 1 stands for a container that does not run */
export function sampleOf(answer: unknown): StatsSample | undefined {
  const told = parsed(statsSchema, answer, 'the usage of a container');
  const readAt = Date.parse(told.read);
  if (Number.isNaN(readAt) || readAt <= 0) return undefined;
  const throttling = told.cpu_stats?.throttling_data;
  return {
    readAt,
    cpuNanoseconds: told.cpu_stats?.cpu_usage?.total_usage ?? undefined,
    periods: throttling?.periods ?? undefined,
    throttledPeriods: throttling?.throttled_periods ?? undefined,
    workingSetBytes: workingSetOf(told.memory_stats),
    pids: told.pids_stats?.current ?? undefined,
    network: networkOf(told.networks),
    disk: diskOf(told.blkio_stats?.io_service_bytes_recursive),
  };
}

/** Usage less inactive file pages: `total_inactive_file` with version 1 of control groups, `inactive_file` with version 2. */
function workingSetOf(memory: StatsAnswer['memory_stats']): number | undefined {
  if (memory?.usage === undefined || memory.usage === null) return undefined;
  const inactive = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file;
  return inactive === undefined ? undefined : Math.max(0, memory.usage - inactive);
}

function networkOf(networks: StatsAnswer['networks']): Transfer | undefined {
  const all = Object.values(networks ?? {});
  if (all.length === 0) return undefined;
  return { inBytes: sum(all.map(({ rx_bytes }) => rx_bytes)), outBytes: sum(all.map(({ tx_bytes }) => tx_bytes)) };
}

function diskOf(entries: readonly { readonly op: string; readonly value: number }[] | null | undefined) {
  if (entries === undefined || entries === null || entries.length === 0) return undefined;
  const of = (op: string): number =>
    sum(entries.filter((one) => one.op.toLowerCase() === op).map(({ value }) => value));
  return { inBytes: of('read'), outBytes: of('write') };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export interface StatsSpan {
  readonly windowMs: number;
  /** Told every second. */
  readonly onProgress?: (elapsedMs: number) => void;
}

/** Samples of both ends of a span, by container; those that did not run at both are left out. */
export async function readStatsOver(
  client: EngineClient,
  ids: readonly string[],
  { windowMs, onProgress }: StatsSpan,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatsPair>> {
  const samples = () => Promise.all(ids.map((id) => readStats(client, id, signal)));
  const before = await samples();
  for (let elapsed = 0; elapsed < windowMs && ids.length > 0;) {
    onProgress?.(elapsed);
    const step = Math.min(1000, windowMs - elapsed);
    await delay(step, undefined, { signal }).catch(() => signal.throwIfAborted());
    elapsed += step;
  }
  const after = await samples();
  const pairs = ids.flatMap((id, index): (readonly [string, StatsPair])[] => {
    const [first, last] = [before[index], after[index]];
    return first === undefined || last === undefined ? [] : [[id, { before: first, after: last }]];
  });
  return new Map(pairs);
}
