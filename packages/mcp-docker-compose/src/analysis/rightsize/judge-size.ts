import { bytes, type Finding } from '@cinecom/mcp-core';
import { leastMs, throttledAbove, type RightSize } from './right-size.ts';
import type { UsageOver } from './usage-over.ts';

export interface SizedService {
  readonly name: string;
  readonly usage: UsageOver;
  readonly size: RightSize;
  /** Live ones of a replica; of several that differ, the smallest. */
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly hadOom: boolean;
  /** May be put into a next call. */
  readonly plain: string | undefined;
}

type Severity = Finding['severity'];
/** Differences from which one is told, is a warning, is critical. */
const memorySteps = [100, 250, 500].map((mebibytes) => mebibytes * 1_048_576);
const cpuSteps = [0.1, 0.25, 0.5];
const weekMs = 7 * 86_400_000;
const dayMs = 86_400_000;

/** Limits that are far from what is used. Too large a limit costs but fails nothing: it is a warning at most. */
export function judgeSize(sized: SizedService): readonly Finding[] {
  return [...memory(sized), ...cpu(sized)];
}

/** How much the figures can be relied on, by the time they are of. */
export function confidenceOf({ coveredMs }: UsageOver): 'low' | 'medium' | 'high' {
  if (coveredMs >= weekMs * 0.9) return 'high';
  return coveredMs >= dayMs * 0.9 ? 'medium' : 'low';
}

/** `208m`, as Compose files say it. */
export function memoryText(value: number): string {
  return `${Math.round(value / 1_048_576)}m`;
}

function memory({ name, usage, size, memoryBytes: now, hadOom, plain }: SizedService): readonly Finding[] {
  const { memoryBytes: wanted } = size;
  if (wanted === undefined) return [];
  const most = usage.maxBytes === undefined ? '' : `at most ${bytes(usage.maxBytes)} used`;
  const evidence = [most, hadOom ? 'killed at its limit' : '', now === undefined ? 'no limit' : `limit ${bytes(now)}`];
  const common = {
    object: name,
    evidence: `${evidence.filter((one) => one !== '').join(', ')}; ${basis(usage)}`,
    threshold: hadOom ? 'a quarter or 100 MiB above the limit after an OOM kill' : 'largest use × 1.15',
    fix: `Set its memory limit to ${memoryText(wanted)}`,
    ...next(plain, { memory: memoryText(wanted) }),
  };
  if (now === undefined) return [{ ...common, id: 'MEMORY_UNLIMITED', severity: 'info' }];
  const severity = severityOf(Math.abs(wanted - now), memorySteps);
  if (hadOom) return [{ ...common, id: 'MEMORY_TOO_SMALL', severity: severity === 'critical' ? severity : 'warning' }];
  if (severity === undefined) return [];
  return wanted > now
    ? [{ ...common, id: 'MEMORY_TOO_SMALL', severity }]
    : [{ ...common, id: 'MEMORY_TOO_LARGE', severity: atMostWarning(severity) }];
}

function cpu({ name, usage, size, cpus: now, plain }: SizedService): readonly Finding[] {
  const { cpus: wanted } = size;
  if (wanted === undefined || now === undefined) return [];
  const severity = severityOf(Math.abs(wanted - now), cpuSteps) ?? 'info';
  const waited = Math.round((usage.throttledP95 ?? 0) * 100);
  return [
    {
      id: 'CPU_TOO_SMALL',
      severity,
      object: name,
      evidence: `${usage.coresP95?.toFixed(2)} cores at the 95th percentile of ${now}, waited in ${waited} % of periods; ${basis(usage)}`,
      threshold: `waiting in more than ${throttledAbove * 100} % of periods; 95th percentile × 1.15`,
      fix: `Set its CPU limit to ${wanted}`,
      ...next(plain, { cpus: wanted }),
    },
  ];
}

function basis(usage: UsageOver): string {
  return `${usage.points} values, ${Math.round(usage.coveredMs / (leastMs / 3))} h looked at, confidence ${confidenceOf(usage)}`;
}

function severityOf(difference: number, steps: readonly number[]): Severity | undefined {
  const reached = steps.filter((step) => difference >= step).length;
  return ([undefined, 'info', 'warning', 'critical'] as const)[reached];
}

function atMostWarning(severity: Severity): Severity {
  return severity === 'critical' ? 'warning' : severity;
}

function next(plain: string | undefined, args: Readonly<Record<string, string | number>>): Pick<Finding, 'next'> {
  return plain === undefined ? {} : { next: { tool: 'compose_set_resources', args: { service: plain, ...args } } };
}
