import {
  attempt,
  counted,
  duration,
  findingsReport,
  nextCall,
  outside,
  page,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { countsOf, type Happening, happeningsOf, kinds } from '../analysis/events/happenings.ts';
import { clockTime, spansDays } from '../text/clock-time.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { forgotten } from './forgotten.ts';
import { cursor, limit, service } from './inputs.ts';
import { readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';
import { sinceField, untilField, type Window, windowOf } from './times.ts';
import type { ComposeCall } from './project-reading.ts';

export const events = defineTool({
  name: 'compose_events',
  title: 'What happened',
  description:
    'Timeline of the project, newest first: crashes with the meaning of their exit code, out of memory, health flips, stops and restarts, deploys, rollouts, repairs.',
  searchHint: 'docker events history timeline crash restart oom exit code 137 イベント 履歴',
  risk: 'read',
  input: z.strictObject({ since: sinceField('6h'), until: untilField, service, limit, cursor }),
  output: z.strictObject({
    summary: z.string(),
    window: z.string(),
    rows: z.array(
      z.strictObject({
        time: z.string(),
        kind: z.enum(kinds),
        count: z.int(),
        over: z.string().optional(),
        of: outside(z.string()),
        what: z.string(),
      }),
    ),
    total: z.int(),
    notExamined: findingsReport.shape.notExamined,
    service: z.string().optional(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const { backend, settings, signal } = call;
    const window = windowOf(input, call);
    const [{ model, containers }, history, rollouts, repairs] = await Promise.all([
      readProject(call),
      backend.history.events(call.state, { since: window.since, until: window.end }, signal),
      attempt('rollouts of this server', rolloutsIn(window, call)),
      attempt('repairs of this server', repairsIn(window, call)),
    ]);
    const gone = history.events.map((event) => ({ service: event.service }));
    const names = new Set(servicesOf(input.service, settings, model, [...containers, ...gone]));
    const happened = happeningsOf(history.events.filter((event) => names.has(event.service)));
    const all = [
      ...happened,
      ...(repairs.value ?? []).filter((one) => names.has(one.service)),
      ...(rollouts.value ?? []).filter(
        (one) => input.service === '*' || one.service.split(', ').includes(input.service),
      ),
    ].toSorted((a, b) => b.at - a.at);
    const shown = page(all, input);
    const withDay = spansDays(window.since, window.end);
    const worst = plainName(
      all.find(({ kind }) => kind === 'oom' || kind === 'crash' || kind === 'unhealthy')?.service,
    );
    return {
      summary: all.length === 0 ? 'Nothing happened that is known' : countsOf(all),
      window: `${timestamp(window.since)} to ${timestamp(window.end)}`,
      rows: shown.rows.map((one) => rowOf(one, withDay)),
      total: shown.total,
      notExamined: [...forgotten(history, window.since), ...rollouts.missing, ...repairs.missing].map((one) => ({
        required: false,
        ...one,
      })),
      ...(worst === undefined ? {} : { service: worst }),
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
    };
  },
  render({ summary, window, rows, total, notExamined, service: worst, cursor: next }) {
    const unseen = notExamined.map(({ what, why }) => `${what} (${why})`);
    return [
      summary,
      `Window: ${window}, times UTC`,
      ...(unseen.length === 0 ? [] : [`Not examined: ${unseen.join('; ')}`]),
      ...(rows.length === 0 ? [] : ['', table(rows, ['time', 'kind', 'count', 'over', 'of', 'what'])]),
      ...(rows.length < total ? [`${rows.length} of ${counted(total, 'row')} shown`] : []),
      ...(next === undefined ? [] : [`Older ones with the same arguments and cursor ${next}`]),
      ...(worst === undefined ? [] : ['', nextCall('compose_diagnose', { service: worst })]),
    ].join('\n');
  },
});

function rowOf(one: Happening, withDay: boolean) {
  const [container = ''] = one.containers;
  const others = one.containers.length - 1;
  return {
    time: clockTime(one.at, withDay),
    kind: one.kind,
    count: one.count,
    ...(one.at - one.since < 1000 ? {} : { over: duration(one.at - one.since) }),
    of: others < 0 ? one.service : others === 0 ? container : `${one.service} ×${others + 1}`,
    what: one.what,
  };
}

/** Rollouts of this server that began in the window. */
async function rolloutsIn(
  { since, end }: Window,
  { backend, state, signal }: ComposeCall,
): Promise<readonly Happening[]> {
  const records = await backend.rollouts.records(state, signal);
  return records
    .filter(({ startedAt }) => startedAt >= since && startedAt <= end)
    .map(({ id, status, services, startedAt, endedAt }) => ({
      at: endedAt ?? startedAt,
      since: startedAt,
      service: services.map((one) => one.service).join(', '),
      kind: 'rollout',
      count: 1,
      containers: [],
      what: `${status}, id ${id}`,
    }));
}

/** What compose_heal did in the window. */
async function repairsIn({ since, end }: Window, { backend, state }: ComposeCall): Promise<readonly Happening[]> {
  const records = await backend.heals.records(state);
  return records
    .filter(({ at }) => at >= since && at <= end)
    .map(({ at, service: of, container, rung, outcome }) => ({
      at,
      since: at,
      service: of,
      kind: 'repair',
      count: 1,
      containers: [container],
      what: `${rung}: ${outcome}`,
    }));
}
