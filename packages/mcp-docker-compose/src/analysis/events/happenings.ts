import { counted, duration } from '@cinecom/mcp-core';
import type { EngineEvent } from '../../model/event.ts';
import { exitMeaning } from '../exit-codes.ts';
import { deploysOf } from './deploys.ts';
import { type ContainerEnd, endsOf } from './ends.ts';
import { healthFlipsOf } from './health-flips.ts';

/** Something that happened to a service, told once however many events it left. */
export interface Happening {
  /** UTC ms; of several, the last one. */
  readonly at: number;
  /** Of several, the first one. */
  readonly since: number;
  readonly service: string;
  readonly kind: Kind;
  readonly count: number;
  /** Names of containers. */
  readonly containers: readonly string[];
  /** In our words. */
  readonly what: string;
}

export const kinds = [
  'oom',
  'crash',
  'unhealthy',
  'healthy again',
  'finished',
  'stopped',
  'restarted',
  'deploy',
  'rollout',
  'repair',
  'changed',
] as const;
export type Kind = (typeof kinds)[number];

const joinedMs = 10 * 60_000;

/** Newest first. @param events of the window, oldest first */
export function happeningsOf(events: readonly EngineEvent[]): readonly Happening[] {
  const deploys = deploysOf(events);
  const ends = endsOf(events).filter((end) => !deploys.absorbed.has(end.containerId) || end.cause !== 'asked');
  const all = [
    ...deploys.happenings,
    ...joined(ends.map((end) => ofEnd(end, events))),
    ...joined(healthFlipsOf(events)),
    ...events.flatMap(ofChange),
  ];
  return all.toSorted((a, b) => b.at - a.at);
}

function ofEnd(end: ContainerEnd, events: readonly EngineEvent[]): Happening {
  const { at, service, containerName, containerId, exitCode, cause } = end;
  const started = events.find(
    (event) => event.containerId === containerId && event.action === 'start' && event.at >= at,
  );
  const restarted = started === undefined ? '' : `; up again after ${duration(started.at - at)}`;
  const one = { at, since: at, service, count: 1, containers: [containerName] };
  const code = `exit ${exitCode}, ${exitMeaning(exitCode)}`;
  if (cause === 'oom') return { ...one, kind: 'oom', what: `killed by the kernel at its memory limit${restarted}` };
  if (cause === 'own') return { ...one, kind: exitCode === 0 ? 'finished' : 'crash', what: code };
  const after = duration(end.msAfterSignal ?? 0);
  const how = end.isForced
    ? `did not end within its grace period, killed after ${after}`
    : `ended after ${after}, ${code}`;
  return { ...one, kind: started === undefined ? 'stopped' : 'restarted', what: how + restarted };
}

/** What is the same again and again within ten minutes is one, with the newest words. */
function joined(list: readonly Happening[]): readonly Happening[] {
  const result: Happening[] = [];
  for (const next of list) {
    const index = result.findLastIndex(
      (one) => one.service === next.service && one.kind === next.kind && sameCode(one, next),
    );
    const last = result[index];
    if (last === undefined || next.since - last.at > joinedMs) {
      result.push(next);
      continue;
    }
    result[index] = {
      ...next,
      since: last.since,
      count: last.count + next.count,
      containers: [...new Set([...last.containers, ...next.containers])],
    };
  }
  return result;
}

/** Crashes with other exit codes are other crashes. */
function sameCode(a: Happening, b: Happening): boolean {
  return a.kind !== 'crash' || a.what === b.what;
}

function ofChange({ action, at, service, containerName }: EngineEvent): readonly Happening[] {
  const words: Readonly<Record<string, string>> = {
    update: 'limits changed on the container itself: the next recreation loses them',
    pause: 'paused',
    unpause: 'goes on after a pause',
  };
  const what = Object.hasOwn(words, action) ? words[action] : undefined;
  if (what === undefined) return [];
  return [{ at, since: at, service, kind: 'changed', count: 1, containers: [containerName], what }];
}

/** How often each kind happened, in the order of their weight. */
export function countsOf(list: readonly Happening[]): string {
  const counts = kinds.map((kind) => ({
    kind,
    times: list.filter((one) => one.kind === kind).reduce((sum, { count }) => sum + count, 0),
  }));
  return counts
    .filter(({ times }) => times > 0)
    .map(({ kind, times }) => counted(times, kind, pluralOf(kind)))
    .join(', ');
}

function pluralOf(kind: Kind): string {
  if (kind === 'crash') return 'crashes';
  return kind === 'deploy' || kind === 'rollout' || kind === 'repair' ? `${kind}s` : kind;
}
