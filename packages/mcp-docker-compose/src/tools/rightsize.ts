import {
  attempt,
  bytes,
  counted,
  findings,
  findingsReport,
  type NotExamined,
  outside,
  renderFindings,
  table,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { sizeText } from '../analysis/resources/sizes.ts';
import { judgeSize, type SizedService } from '../analysis/rightsize/judge-size.ts';
import { isTooLittle, leastMs, leastPoints, rightSize } from '../analysis/rightsize/right-size.ts';
import { type UsageOver, usageOver } from '../analysis/rightsize/usage-over.ts';
import { durationOf } from '../analysis/times/read-time.ts';
import type { Container } from '../model/container.ts';
import type { LongUsage } from '../model/samples.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { forgotten } from './forgotten.ts';
import { service } from './inputs.ts';
import { readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';
import { sizePatch, sizePatches } from './size-patches.ts';

const shownServices = 20;
const hourMs = 3_600_000;
const [shortestMs, longestMs] = [3 * hourMs, 30 * 24 * hourMs];
const ownMs = 8 * 24 * hourMs;
const maybe = z.number().optional();

export const rightsize = defineTool({
  name: 'compose_rightsize',
  title: 'Right-size',
  description:
    'Which memory and CPU limits services should have, by what their replicas used over days and whether they were killed or throttled, with saving and confidence.',
  searchHint: 'right size resources limits memory cpu cost capacity recommendation リソース最適化 コスト',
  risk: 'read',
  input: z.strictObject({ service, history: z.string().max(10).default('8d').describe('3h to 30d') }),
  output: z.strictObject({
    ...findingsReport.shape,
    services: z.array(
      z.strictObject({
        service: outside(z.string()),
        replicas: z.int(),
        memoryUsedBytes: maybe,
        memoryLimitBytes: maybe,
        memoryRecommendedBytes: maybe,
        coresP95: maybe,
        cpus: maybe,
        cpusRecommended: maybe,
        cpusReservation: maybe,
        notes: z.array(z.string()),
      }),
    ),
    total: z.int(),
    savedBytes: z.number(),
    patches: z.array(sizePatch),
  }),
  async handle({ service: wanted, history }, call) {
    const spanMs = spanOf(history);
    const { settings, clock, backend, signal } = call;
    const { model, containers } = await readProject(call);
    const since = clock.now() - spanMs;
    const told = backend.history.events(call.state, { since, until: clock.now() }, signal);
    const { value: kills, missing: unheard } = await attempt('kills at a memory limit', told);
    const ooms = new Set((kills?.events ?? []).filter(({ action }) => action === 'oom').map((event) => event.service));
    const names = servicesOf(wanted, settings, model, containers);
    const { source, buckets } = await backend.samples.long(call.state, names, since, signal);
    const read = names.map((name) => {
      const replicas = containers.filter((one) => one.service === name && !one.isOneOff);
      return sizeOf(name, replicas, usageOver(buckets.get(name) ?? []), ooms.has(name));
    });
    const sized = read.filter(({ usage }) => !isTooLittle(usage));
    const savedBytes = sized.reduce((sum, one) => sum + savedOf(one), 0);
    const found = sized.flatMap(judgeSize);
    const due = sized.filter(({ name }) => found.some(({ object }) => object === name));
    return {
      ...findings({
        summary:
          sized.length === 0
            ? 'of no service enough was seen to say which limits fit'
            : `${counted(found.length, 'limit')} of ${counted(sized.length, 'service')} should change; ${savedWords(savedBytes)}`,
        findings: found,
        notExamined: [
          ...missing(read, source),
          ...unheard,
          ...forgotten(kills, since),
          ...(spanMs > ownMs && settings.prometheusUrl === undefined
            ? [{ what: 'what is older than 8 d', why: 'own samples are kept for 8 d; --prometheus-url has more' }]
            : []),
        ],
        window: spanMs,
      }),
      services: sized.slice(0, shownServices).map(rowOf),
      total: sized.length,
      savedBytes,
      patches: [...(await sizePatches(due, model, call))],
    };
  },
  render(report) {
    const size = (value: number | undefined): string | undefined => (value === undefined ? undefined : bytes(value));
    const rows = report.services.map((one) => ({
      service: one.service,
      replicas: one.replicas,
      'memory used': size(one.memoryUsedBytes),
      limit: size(one.memoryLimitBytes) ?? 'none',
      recommended: one.memoryRecommendedBytes === undefined ? undefined : sizeText(one.memoryRecommendedBytes),
      'cores p95': one.coresP95?.toFixed(2),
      'CPU limit': one.cpus ?? 'none',
      'CPU recommended': one.cpusRecommended ?? 'as it is',
      'CPU reservation': one.cpusReservation,
      notes: one.notes.join('; '),
    }));
    const columns = [
      'service',
      'replicas',
      'memory used',
      'limit',
      'recommended',
      'cores p95',
      'CPU limit',
      'CPU recommended',
      'CPU reservation',
      'notes',
    ] as const;
    const more = report.total > rows.length ? [`${rows.length} of ${report.total} services shown`] : [];
    const patches = report.patches.flatMap(({ service: name, place, text }) => ['', `${name}, ${place}:`, text]);
    return [renderFindings(report), ...(rows.length === 0 ? [] : ['', table(rows, columns)]), ...more, ...patches].join(
      '\n',
    );
  },
});

function spanOf(history: string): number {
  const spanMs = durationOf(history);
  if (spanMs !== undefined && spanMs >= shortestMs && spanMs <= longestMs) return spanMs;
  throw new ToolError('invalid_input', 'history is no time from 3h to 30d', { hint: 'Forms: 3h, 2d, 8d.' });
}

interface Sized extends SizedService {
  readonly replicas: number;
}

function sizeOf(name: string, replicas: readonly Container[], usage: UsageOver, wasKilled: boolean): Sized {
  const hadOom = wasKilled || replicas.some((one) => one.state.oomKilled);
  const memoryBytes = smallest(replicas.map(({ limits }) => limits.memoryBytes));
  const cpus = smallest(replicas.map(({ limits }) => limits.cpus));
  const size = rightSize({ usage, limits: { memoryBytes, cpus }, hadOom });
  return { name, usage, size, memoryBytes, cpus, hadOom, plain: plainName(name), replicas: replicas.length };
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const told = values.filter((one) => one !== undefined);
  return told.length === 0 ? undefined : Math.min(...told);
}

function savedOf({ memoryBytes, size, replicas }: Sized): number {
  return memoryBytes === undefined || size.memoryBytes === undefined ? 0 : (memoryBytes - size.memoryBytes) * replicas;
}

function savedWords(saved: number): string {
  if (saved === 0) return 'the sum of memory limits stays';
  return saved > 0 ? `${bytes(saved)} of memory limits less` : `${bytes(-saved)} of memory limits more`;
}

function missing(read: readonly Sized[], source: LongUsage['source']): readonly NotExamined[] {
  const short = read.filter(({ usage }) => isTooLittle(usage));
  const [first] = short;
  if (first === undefined) return [];
  const names = short.map(({ name }) => plainName(name) ?? 'a service').slice(0, 10);
  const more = short.length > names.length ? ` and ${short.length - names.length} more` : '';
  const need = `${leastPoints} values and ${leastMs / hourMs} h are needed`;
  const have = `${first.usage.points} values, ${Math.floor(first.usage.coveredMs / 60_000)} min`;
  const fix = source === 'samples' ? '; --sample-seconds 15, or the daemon, takes samples' : '';
  return [
    {
      what: `${names.join(', ')}${more}`,
      why: `insufficient data: ${need}, of the first there are ${have}${fix}`,
      required: true,
    },
  ];
}

function rowOf({ name, replicas, usage, size, memoryBytes, cpus }: Sized) {
  return {
    service: name,
    replicas,
    memoryUsedBytes: usage.maxBytes,
    memoryLimitBytes: memoryBytes,
    memoryRecommendedBytes: size.memoryBytes,
    coresP95: usage.coresP95,
    cpus,
    cpusRecommended: size.cpus,
    cpusReservation: size.cpusReservation,
    notes: [...size.notes],
  };
}
