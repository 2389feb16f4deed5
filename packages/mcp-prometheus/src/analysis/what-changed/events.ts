import type { Labels, Series } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';
import { groupBy } from '../group-by.ts';
import { leadWeight } from './lead.ts';

/** Something that happened at a moment. */
export interface ChangeEvent {
  readonly kind: 'deploy' | 'restart' | 'reload' | 'replicas' | 'targets' | 'alert';
  /** Written by whoever names labels. */
  readonly what: string;
  readonly at: number;
}

export interface RankedEvent extends ChangeEvent {
  /** Before the trouble, ms; negative after it. */
  readonly leadMs: number;
  readonly score: number;
}

export interface EventReading {
  readonly from: number;
  readonly stepMs: number;
  /** Build information without what differs by instance, its metric under `family`. */
  readonly builds: readonly Series[];
  /** Start times in unix seconds, one point a process. */
  readonly starts: readonly Series[];
  /** Targets that are up, and all targets, by job. */
  readonly up: readonly Series[];
  readonly targets: readonly Series[];
  readonly replicas: readonly Series[];
  /** Firing alerts by name and severity. */
  readonly alerts: readonly Series[];
  /** When the server read its configuration, and when it started, UTC ms. */
  readonly reloadedAt: number | undefined;
  readonly startedAt: number | undefined;
}

// How often each kind turns out to be the cause, not the effect: people's changes first, alerts last.
const worth: Readonly<Record<ChangeEvent['kind'], number>> = {
  deploy: 30,
  replicas: 25,
  restart: 20,
  targets: 15,
  reload: 10,
  alert: 5,
};

/** Events by kind and by how shortly before the trouble they came. */
export function rankEvents(events: readonly ChangeEvent[], at: number, stepMs: number): readonly RankedEvent[] {
  return events
    .map((event) => {
      const leadMs = at - event.at;
      return { ...event, leadMs, score: worth[event.kind] * leadWeight(leadMs, stepMs) };
    })
    .toSorted((a, b) => b.score - a.score || Math.abs(a.leadMs) - Math.abs(b.leadMs));
}

/** All that happened since `from`, in no order. */
export function eventsOf(reading: EventReading): readonly ChangeEvent[] {
  const { from, reloadedAt, startedAt } = reading;
  const own = (at: number | undefined, what: string): readonly ChangeEvent[] =>
    at === undefined || at < from ? [] : [{ kind: 'reload', what, at }];
  return [
    ...deploys(reading),
    ...restarts(reading),
    ...targetChanges(reading),
    ...levelChanges(reading.replicas, reading, 'replicas'),
    ...alertStarts(reading),
    ...own(startedAt, 'Prometheus itself started'),
    // it reads its configuration when it starts, too
    ...((reloadedAt ?? 0) - (startedAt ?? 0) < 60_000
      ? []
      : own(reloadedAt, 'Prometheus read its configuration again')),
  ];
}

function deploys({ builds, from }: EventReading): readonly ChangeEvent[] {
  const groups = groupBy(builds, ({ labels }) => JSON.stringify([labels.family, labels.job, labels.namespace]));
  return [...groups.values()].flatMap((group): readonly ChangeEvent[] => {
    const firstOf = ({ points }: Series): number => points[0]?.[0] ?? Infinity;
    const earliest = Math.min(...group.map(firstOf));
    const old = group.filter((series) => firstOf(series) === earliest);
    // a family seen for the first time is no other version of anything
    return group
      .filter((series) => firstOf(series) > earliest && firstOf(series) >= from)
      .map((series) => ({
        kind: 'deploy',
        what: `${series.labels.job ?? series.labels.family ?? ''}: ${differences(old.at(-1)?.labels ?? {}, series.labels)}`,
        at: firstOf(series),
      }));
  });
}

function differences(before: Labels, after: Labels): string {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .slice(0, 4)
    .map((name) => `${name} ${before[name] ?? '(none)'} → ${after[name] ?? '(none)'}`)
    .join(', ');
}

function restarts({ starts, from }: EventReading): readonly ChangeEvent[] {
  const started = starts.flatMap(({ labels, points }) => {
    const at = (points.at(-1)?.[1] ?? 0) * 1000;
    return at >= from ? [{ labels, at }] : [];
  });
  return [...groupBy(started, ({ labels }) => JSON.stringify([labels.__name__, labels.job])).values()].map((group) => {
    const [{ labels }] = group as [(typeof group)[0]];
    const [thing, things] = labels.__name__ === 'node_boot_time_seconds' ? ['host', 'hosts'] : ['process', 'processes'];
    const many = group.length === 1 ? `${thing} ${labels.instance ?? ''}` : `${group.length} ${things}`;
    return {
      kind: 'restart',
      what: `${labels.job ?? 'no job'}: ${many} started`,
      at: Math.min(...group.map(({ at }) => at)),
    };
  });
}

function targetChanges(reading: EventReading): readonly ChangeEvent[] {
  const { up, targets } = reading;
  const changes = levelChanges(up, reading, 'targets', 'targets up');
  const vanished = targets.flatMap(({ labels, points }): readonly ChangeEvent[] => {
    const last = points.at(-1)?.[0];
    const end = Math.max(...targets.map((one) => one.points.at(-1)?.[0] ?? 0));
    if (last === undefined || last < reading.from || end - last <= 2 * reading.stepMs) return [];
    return [{ kind: 'targets', what: `${labels.job ?? 'no job'}: all targets vanished`, at: last + reading.stepMs }];
  });
  return [...changes, ...vanished];
}

/** The first step of each level since `from`, and where it stands at last. */
function levelChanges(
  all: readonly Series[],
  { from }: EventReading,
  kind: ChangeEvent['kind'],
  unit = 'replicas',
): readonly ChangeEvent[] {
  return all.flatMap(({ labels, points }): readonly ChangeEvent[] => {
    const index = points.findIndex(([at, value], place) => place > 0 && at >= from && value !== points[place - 1]![1]);
    if (index === -1) return [];
    const { __name__: _name, ...own } = labels;
    const name = Object.keys(own).length === 1 ? Object.values(own)[0]! : shownLabels(own);
    const [before, then, last] = [points[index - 1]![1], points[index]![1], points.at(-1)![1]];
    const since = last === then ? '' : `, ${shownNumber(last)} at last`;
    const what = `${name}: ${unit} ${shownNumber(before)} → ${shownNumber(then)}${since}`;
    return [{ kind, what, at: points[index]![0] }];
  });
}

function alertStarts({ alerts, from, stepMs }: EventReading): readonly ChangeEvent[] {
  return alerts.flatMap(({ labels, points }): readonly ChangeEvent[] => {
    const start = points.find(([at], index) => at >= from && (index === 0 || at - points[index - 1]![0] > 2 * stepMs));
    if (start === undefined) return [];
    const severity = labels.severity === undefined ? '' : ` (${labels.severity})`;
    return [{ kind: 'alert', what: `${labels.alertname ?? 'an alert'}${severity} began to fire`, at: start[0] }];
  });
}
