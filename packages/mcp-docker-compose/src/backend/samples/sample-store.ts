import type { Json, State } from '@cinecom/mcp-core';
import { bucketMs, bucketOf, bucketStart } from '../../analysis/samples/bucket-of.ts';
import { replicasAt } from '../../analysis/samples/point-of.ts';
import type { BucketsByService, SamplePoint, UsageBucket } from '../../model/samples.ts';

type Store = State['store'];

/** Looks are kept for a day in files of ten minutes, buckets for eight days in files of a day; both take turns. */
const slotMs = 600_000;
const keptSlots = 146;
const dayMs = 86_400_000;
const keptDays = 9;

interface Kept<Value> {
  /** Which turn it is: what an older one left is not read. */
  readonly turn: number;
  readonly value: Value;
}

type Buckets = Readonly<Record<string, readonly UsageBucket[]>>;

/** What is kept of what a project uses. Only one process may `append` at a time. */
export interface SampleStore {
  append(point: SamplePoint): Promise<void>;
  recent(since: number, now: number): Promise<readonly SamplePoint[]>;
  history(services: readonly string[], since: number, now: number): Promise<BucketsByService>;
}

/** @param key of the project */
export function openSampleStore(store: Store, key: string): SampleStore {
  const slots = turns<readonly SamplePoint[]>(store, `samples-${key}`, keptSlots);
  const days = turns<Buckets>(store, `usage-${key}`, keptDays);
  let last: number | undefined;

  async function recent(since: number, now: number): Promise<readonly SamplePoint[]> {
    const first = Math.max(Math.floor(since / slotMs), Math.floor(now / slotMs) - keptSlots + 1);
    const wanted = range(first, Math.floor(now / slotMs));
    const kept = await Promise.all(wanted.map((turn) => slots.read(turn)));
    return kept.flatMap((points) => points ?? []).filter(({ at }) => at >= since && at <= now);
  }

  /** The five minutes before the present ones, once they are over. */
  async function close(start: number): Promise<void> {
    const points = await recent(start, start + bucketMs - 1);
    if (points.length === 0) return;
    const turn = Math.floor(start / dayMs);
    const before = (await days.read(turn)) ?? {};
    const names = [...new Set(points.flatMap(({ services }) => Object.keys(services)))];
    const added = names.map((name): [string, readonly UsageBucket[]] => {
      const looks = points.flatMap((point) => [replicasAt(point, name) ?? []]);
      const mine = Object.hasOwn(before, name) ? (before[name] ?? []) : [];
      return [name, [...mine.filter(({ at }) => at !== start), bucketOf(looks, start)]];
    });
    await days.write(turn, { ...before, ...Object.fromEntries(added) });
  }

  return {
    async append(point) {
      const turn = Math.floor(point.at / slotMs);
      const before = (await slots.read(turn)) ?? [];
      last ??= before.at(-1)?.at ?? (await slots.read(turn - 1))?.at(-1)?.at;
      if (last !== undefined && bucketStart(last) !== bucketStart(point.at)) await close(bucketStart(last));
      await slots.write(turn, [...before, point]);
      last = point.at;
    },
    recent,
    async history(services, since, now) {
      const first = Math.max(Math.floor(since / dayMs), Math.floor(now / dayMs) - keptDays + 1);
      const kept = await Promise.all(range(first, Math.floor(now / dayMs)).map((turn) => days.read(turn)));
      const bucketsOf = (service: string): readonly UsageBucket[] =>
        kept
          .flatMap((day) => (day !== undefined && Object.hasOwn(day, service) ? (day[service] ?? []) : []))
          .filter(({ at }) => at >= since && at <= now);
      return new Map(services.map((service) => [service, bucketsOf(service)]));
    },
  };
}

/** Files that take turns; what an older turn left is not there. */
function turns<Value>(store: Store, name: string, count: number) {
  const nameOf = (turn: number): string => `${name}-${turn % count}`;
  return {
    async read(turn: number): Promise<Value | undefined> {
      const kept = (await store.read(nameOf(turn))) as unknown as Kept<Value> | undefined;
      return kept?.turn === turn ? kept.value : undefined;
    },
    write: (turn: number, value: Value): Promise<void> =>
      store.write(nameOf(turn), { turn, value } satisfies Kept<Value> as unknown as Json),
  };
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
