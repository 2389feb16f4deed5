import {
  bytes,
  counted,
  findings,
  findingsReport,
  type NotExamined,
  outside,
  percent,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { judgeUsage, type MeasuredContainer } from '../analysis/stats/judge-usage.ts';
import { type Usage, usageOf } from '../analysis/stats/usage-of.ts';
import type { Container } from '../model/container.ts';
import type { StatsPair } from '../model/stats.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { service } from './inputs.ts';
import { readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const shownContainers = 40;
const mostContainers = 200;
const reported = z.number().optional();

export const stats = defineTool({
  name: 'compose_stats',
  title: 'Resource usage',
  description:
    'CPU, memory, throttling, processes, network and disk of running containers, measured now over a few seconds, against their limits.',
  searchHint: 'docker stats top cpu memory usage throttled resource 使用率 メモリ',
  risk: 'read',
  input: z.strictObject({
    service,
    windowSeconds: z.int().min(2).max(60).default(10).describe('measured for'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    containers: z.array(
      z.strictObject({
        container: outside(z.string()),
        cores: reported,
        coresPercent: reported,
        coresLimit: reported,
        throttledPercent: reported,
        memoryBytes: reported,
        memoryPercent: reported,
        memoryLimitBytes: reported,
        pids: reported,
        networkInPerSecond: reported,
        networkOutPerSecond: reported,
        diskReadPerSecond: reported,
        diskWrittenPerSecond: reported,
      }),
    ),
    total: z.int(),
    hostCpus: z.int(),
  }),
  async handle({ service: wanted, windowSeconds }, call) {
    const { backend, settings, signal, progress } = call;
    const [{ model, containers }, info] = await Promise.all([readProject(call), backend.engine.info(signal)]);
    const names = new Set(servicesOf(wanted, settings, model, containers));
    const mine = containers.filter((one) => names.has(one.service) && !one.isOneOff);
    const running = mine.filter(({ state }) => state.status === 'running').slice(0, mostContainers);
    const pairs = await backend.engine.statsOver(
      running.map(({ id }) => id),
      {
        windowMs: windowSeconds * 1000,
        onProgress: (elapsed) => progress(elapsed / 1000, windowSeconds, 'seconds measured'),
      },
      signal,
    );
    const measured = running.flatMap((container) => measuredOf(container, pairs.get(container.id), info.cpus));
    const found = measured.flatMap(judgeUsage);
    const cores = sum(measured.map(({ usage }) => usage.cores));
    const memory = sum(measured.map(({ usage }) => usage.workingSetBytes));
    return {
      ...findings({
        summary: `${counted(measured.length, 'container')} measured: ${cores.toFixed(2)} of ${info.cpus} cores, ${bytes(memory)} of ${bytes(info.memoryBytes)}; ${counted(found.length, 'finding')}`,
        findings: found,
        notExamined: notMeasured(mine, measured.length),
        window: windowSeconds * 1000,
      }),
      containers: measured.toSorted(byPressure).slice(0, shownContainers).map(rowOf),
      total: measured.length,
      hostCpus: info.cpus,
    };
  },
  render(report) {
    const rows = report.containers.map((row) => ({
      container: row.container,
      cores: row.cores?.toFixed(3),
      'of limit': ofLimit(row.coresPercent, row.coresLimit?.toString(), `${report.hostCpus} host cores`),
      throttled: shownPercent(row.throttledPercent),
      memory: row.memoryBytes === undefined ? undefined : bytes(row.memoryBytes),
      'of its limit': ofLimit(
        row.memoryPercent,
        row.memoryLimitBytes === undefined ? undefined : bytes(row.memoryLimitBytes),
        undefined,
      ),
      pids: row.pids,
      'net in/out': perSecond(row.networkInPerSecond, row.networkOutPerSecond),
      'disk read/write': perSecond(row.diskReadPerSecond, row.diskWrittenPerSecond),
    }));
    const more = report.total > rows.length ? [`${rows.length} of ${report.total} containers shown`] : [];
    const columns = [
      'container',
      'cores',
      'of limit',
      'throttled',
      'memory',
      'of its limit',
      'pids',
      'net in/out',
      'disk read/write',
    ] as const;
    return [
      renderFindings(report),
      '',
      table(rows, columns),
      ...more,
      'Memory is the working set: without file pages that can be given back. An empty cell is not reported by the engine.',
    ].join('\n');
  },
});

function measuredOf(container: Container, pair: StatsPair | undefined, hostCpus: number): readonly MeasuredContainer[] {
  const usage = pair === undefined ? undefined : usageOf(pair, container.limits, hostCpus);
  return usage === undefined ? [] : [{ container, usage, plain: plainName(container.service) }];
}

function notMeasured(all: readonly Container[], measured: number): readonly NotExamined[] {
  const left = all.length - measured;
  if (left === 0) return [];
  return [
    {
      what: counted(left, 'container'),
      why: `not running all the time${all.length > mostContainers ? `, or beyond the first ${mostContainers}` : ''}`,
      required: measured === 0,
    },
  ];
}

function rowOf({ container, usage }: MeasuredContainer) {
  const { network, disk } = usage;
  return {
    container: container.name,
    cores: usage.cores,
    coresPercent: inPercent(usage.coresRatio),
    coresLimit: container.limits.cpus,
    throttledPercent: inPercent(usage.throttled),
    memoryBytes: usage.workingSetBytes,
    memoryPercent: inPercent(usage.memoryRatio),
    memoryLimitBytes: container.limits.memoryBytes,
    pids: usage.pids,
    networkInPerSecond: network?.inBytes,
    networkOutPerSecond: network?.outBytes,
    diskReadPerSecond: disk?.inBytes,
    diskWrittenPerSecond: disk?.outBytes,
  };
}

function inPercent(ratio: number | undefined): number | undefined {
  return ratio === undefined ? undefined : ratio * 100;
}

function shownPercent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : percent(value / 100);
}

function ofLimit(
  value: number | undefined,
  limit: string | undefined,
  without: string | undefined,
): string | undefined {
  const of = limit ?? without;
  if (of === undefined) return 'no limit';
  return value === undefined ? undefined : `${percent(Math.round(value * 10) / 1000)} of ${of}`;
}

function perSecond(first: number | undefined, second: number | undefined): string | undefined {
  return first === undefined || second === undefined ? undefined : `${bytes(first)}/s, ${bytes(second)}/s`;
}

function byPressure(a: MeasuredContainer, b: MeasuredContainer): number {
  return pressure(b.usage) - pressure(a.usage);
}

/** The nearest of its limits. */
function pressure({ coresRatio = 0, memoryRatio = 0, throttled = 0 }: Usage): number {
  return Math.max(coresRatio, memoryRatio, throttled);
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
