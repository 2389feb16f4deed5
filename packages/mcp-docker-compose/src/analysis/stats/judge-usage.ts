import { bytes, type Finding, percent } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import { memoryRatio, throttledRatio, type Usage } from './usage-of.ts';

export interface MeasuredContainer {
  readonly container: Pick<Container, 'name' | 'service' | 'limits'>;
  readonly usage: Usage;
  /** May be put into a next call. */
  readonly plain: string | undefined;
}

/** Containers short of memory or CPU by what was measured. */
export function judgeUsage(measured: MeasuredContainer): readonly Finding[] {
  return [...memoryPressure(measured), ...throttling(measured)];
}

function memoryPressure({ container, usage, plain }: MeasuredContainer): readonly Finding[] {
  const { workingSetBytes = 0, memoryRatio: ratio = 0 } = usage;
  if (ratio <= memoryRatio) return [];
  return [
    {
      id: 'MEM_PRESSURE',
      severity: 'warning',
      object: container.name,
      evidence: `${bytes(workingSetBytes)}, ${percent(ratio)} of its limit of ${bytes(container.limits.memoryBytes ?? 0)}`,
      threshold: percent(memoryRatio),
      fix: 'Raise the limit before the kernel kills it, or find what grows',
      ...next(plain),
    },
  ];
}

function throttling({ container, usage, plain }: MeasuredContainer): readonly Finding[] {
  const { throttled = 0, cores = 0 } = usage;
  if (throttled <= throttledRatio) return [];
  const limit = container.limits.cpus;
  return [
    {
      id: 'CPU_THROTTLED',
      severity: 'warning',
      object: container.name,
      evidence: `had to wait in ${percent(throttled)} of periods, ${cores.toFixed(2)} cores used${limit === undefined ? '' : ` of ${limit}`}`,
      threshold: `${percent(throttledRatio)} of periods`,
      fix: 'Raise the CPU limit, or add replicas',
      ...next(plain),
    },
  ];
}

function next(plain: string | undefined): Pick<Finding, 'next'> {
  return plain === undefined ? {} : { next: { tool: 'compose_rightsize', args: { service: plain } } };
}
