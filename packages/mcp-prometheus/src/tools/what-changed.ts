import { findings, findingsReport, nextCall, outside, renderFindings, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { type RankedEvent, rankEvents } from '../analysis/what-changed/events.ts';
import { judgeChanges, nameOf, shownLead } from '../analysis/what-changed/judge-changes.ts';
import { type Mover, moversOf } from '../analysis/what-changed/movers.ts';
import { shownNumber } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { durationOf, momentOf, spanOf } from './times.ts';
import {
  type ChangeCall,
  type ChangeWindow,
  onsetOfSymptom,
  readAbsence,
  readEvents,
  readFamilies,
  readSymptom,
  stepOf,
  type Symptom,
} from './what-changed-reading.ts';

const shownEvents = 10;
const shownMovers = 10;
const shownNames = 10;
/** What comes later than this is no cause. */
const afterMs = 30 * 60_000;

export const whatChanged = defineTool({
  name: 'prom_what_changed',
  title: 'What changed',
  description:
    'What changed before trouble began: deployments, restarts, targets, alerts, replicas, metrics that moved or vanished, ranked by how shortly before. Finds when a symptom began.',
  searchHint: 'root cause incident deploy restart correlation diagnose why before outage 原因 障害 変化 デプロイ 調査',
  risk: 'read',
  input: z.strictObject({
    at: z.string().max(40).optional().describe('when it began; default now'),
    start: z.string().max(40).optional().describe('of the trouble'),
    end: z.string().max(40).optional(),
    symptom: z.string().min(1).max(2000).optional().describe('query'),
    lookback: z.string().max(10).default('2h').describe('15m to 24h'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    began: z.string(),
    events: z.array(z.strictObject({ kind: z.string(), what: outside(z.string()), at: z.string(), lead: z.string() })),
    eventsTotal: z.int(),
    movers: z.array(
      z.strictObject({
        metric: outside(z.string()),
        at: z.string(),
        lead: z.string(),
        before: z.number(),
        after: z.number(),
        z: z.number(),
        score: z.number(),
        correlation: z.number().optional(),
      }),
    ),
    moversTotal: z.int(),
    examined: z.int().describe('series'),
    newMetrics: z.array(outside(z.string())),
  }),
  async handle(input, call) {
    const { window, symptom, isFound } = await windowOf(input, call);
    const [events, absence] = await Promise.all([readEvents(window, call), readAbsence(window, call)]);
    const families = await readFamilies(absence.reading.names, symptom, window, call);
    const ranked = rankEvents(events.value ?? [], window.at, window.stepMs);
    const movers = moversOf(families.series, { ...window, symptom: symptom?.points });
    const { presence, dead } = absence.reading;
    return {
      ...findings({
        summary: summaryOf(ranked, movers, window.at, isFound),
        findings: judgeChanges({ events: ranked, movers, presence, dead, at: window.at }),
        notExamined: [
          ...events.missing,
          ...absence.missing,
          ...families.missing,
          ...(symptom?.points.length === 0 ? [{ what: 'the symptom', why: 'its query has no data then' }] : []),
          ...(symptom !== undefined && symptom.points.length > 0 && !isFound && !isGiven(input)
            ? [{ what: 'its beginning', why: 'the symptom did not move in that time, so now is taken' }]
            : []),
          ...(families.series.length > 0 && families.series.every(({ points }) => (points[0]?.[0] ?? 0) > window.from)
            ? [{ what: 'what moved', why: 'no metric has history of the two hours before', required: true }]
            : []),
          ...(families.series.length === 0 ? [{ what: 'metrics', why: 'there are none then', required: true }] : []),
        ],
        window: `${timestamp(window.from)} to ${timestamp(window.to)}`,
      }),
      began: timestamp(window.at),
      events: ranked.slice(0, shownEvents).map(({ kind, what, at, leadMs }) => ({
        kind,
        what,
        at: timestamp(at),
        lead: shownLead(leadMs),
      })),
      eventsTotal: ranked.length,
      movers: movers.slice(0, shownMovers).map((mover) => moverRow(mover, window.at)),
      moversTotal: movers.length,
      examined: families.series.length,
      newMetrics: (presence?.metricsNew ?? []).slice(0, shownNames),
    };
  },
  render(report) {
    const events = report.events.map(({ kind, what, at, lead }) => ({ kind, what, at, lead }));
    const movers = report.movers.map(({ metric, at, lead, before, after, z: deviation, correlation }) => ({
      metric,
      at,
      lead,
      change: `${shownNumber(before)} → ${shownNumber(after)}`,
      z: shownNumber(Math.round(deviation)),
      r: correlation === undefined ? '' : correlation.toFixed(2),
    }));
    const cut = (shown: number, total: number): string => (shown < total ? ` (${shown} of ${total} shown)` : '');
    const fresh = report.newMetrics.length === 0 ? [] : [`New metrics: ${report.newMetrics.join(', ')}`];
    return [
      renderFindings(report),
      `Happened${cut(events.length, report.eventsTotal)}:\n${table(events, ['at', 'lead', 'kind', 'what'])}`,
      `Moved, of ${report.examined} series by job and service${cut(movers.length, report.moversTotal)}; r is no proof:\n${table(movers, ['metric', 'at', 'lead', 'change', 'z', 'r'])}`,
      ...fresh,
      ...(report.findings.some(({ next }) => next !== undefined) ? [] : [nextCall('prom_find_anomalies')]),
    ].join('\n\n');
  },
});

interface ChangeInput {
  readonly at?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly symptom?: string | undefined;
  readonly lookback: string;
}

function isGiven({ at, start }: ChangeInput): boolean {
  return at !== undefined || start !== undefined;
}

/** When the trouble began: as told, else where the symptom moved, else now. */
async function windowOf(
  input: ChangeInput,
  call: ChangeCall,
): Promise<{ readonly window: ChangeWindow; readonly symptom: Symptom | undefined; readonly isFound: boolean }> {
  const lookbackMs = durationOf('lookback', input.lookback, { least: '15m', most: '24h' });
  const stepMs = stepOf(lookbackMs + afterMs);
  const now = call.clock.now();
  const around = (at: number, until = at + afterMs): ChangeWindow => {
    const from = Math.floor((at - lookbackMs) / stepMs) * stepMs;
    return { at, from, to: Math.min(now, until), stepMs };
  };
  const told =
    input.start === undefined
      ? around(Math.min(now, momentOf('at', input.at ?? 'now', call)))
      : startedAt(spanOf(input.start, input.end ?? 'now', call));
  const symptom = await readSymptom(input.symptom, told, call);
  const onset = symptom === undefined || isGiven(input) ? undefined : onsetOfSymptom(symptom, told);
  if (onset === undefined) return { window: told, symptom, isFound: false };
  const window = around(onset);
  return { window, symptom: await readSymptom(input.symptom, window, call), isFound: true };

  function startedAt({ start, end }: { readonly start: number; readonly end: number }): ChangeWindow {
    return around(start, Math.min(end, start + 24 * 3_600_000));
  }
}

function summaryOf(events: readonly RankedEvent[], movers: readonly Mover[], at: number, isFound: boolean): string {
  const before = (leadMs: number): boolean => leadMs >= -60_000;
  const happened = events.filter(({ leadMs }) => before(leadMs)).length;
  const moved = movers.filter((mover) => before(at - mover.at)).length;
  const when = isFound ? `the symptom began to move at ${timestamp(at)}` : `before ${timestamp(at)}`;
  const [first] = movers;
  const closest = first === undefined ? '' : `, the foremost ${shownLead(at - first.at)}`;
  return `${when}: ${happened} ${happened === 1 ? 'event' : 'events'}, ${moved} ${moved === 1 ? 'metric' : 'metrics'} moved${closest}`;
}

function moverRow(mover: Mover, at: number) {
  const { correlation } = mover;
  return {
    metric: nameOf(mover),
    at: timestamp(mover.at),
    lead: shownLead(at - mover.at),
    before: mover.before,
    after: mover.after,
    z: mover.z,
    score: mover.score,
    ...(correlation === undefined ? {} : { correlation }),
  };
}
