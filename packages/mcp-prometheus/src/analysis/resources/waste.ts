import { bytes } from '@cinecom/mcp-core';
import { type Series, withMatchers } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';

export const wasteShare = 0.2;

/** What a resource has and how little of it is used: the 95th percentile of a week. */
export interface WasteFormula {
  readonly id: string;
  readonly title: string;
  readonly unit: 'cores' | 'bytes';
  /** What it has, one series a resource. */
  readonly capacity: string;
  /** What it uses, with the same labels. */
  readonly used: string;
}

export interface WasteRow {
  readonly id: string;
  readonly title: string;
  readonly resource: string;
  readonly has: string;
  readonly uses: string;
  readonly share: number;
  /** Of its unit: what would go if it had twice what it uses. */
  readonly freed: number;
  readonly freedShown: string;
}

/** @param selector further matchers without braces; empty for all */
export function wasteFormulas(selector: string): readonly WasteFormula[] {
  const of = (metric: string, matchers = '') => withMatchers(metric, matchers, selector);
  const week = (expr: string) => `quantile_over_time(0.95, (${expr})[7d:1h])`;
  const limit = of('container_spec_memory_limit_bytes');
  const quota = `${of('container_spec_cpu_quota')} / ${of('container_spec_cpu_period')}`;
  return [
    {
      id: 'host_cpu',
      title: 'host CPU',
      unit: 'cores',
      capacity: `count by (instance) (${of('node_cpu_seconds_total', 'mode="idle"')})`,
      used: week(`sum by (instance) (rate(${of('node_cpu_seconds_total', 'mode!~"idle|iowait|steal"')}[1h]))`),
    },
    {
      id: 'host_memory',
      title: 'host memory',
      unit: 'bytes',
      capacity: `max by (instance) (${of('node_memory_MemTotal_bytes')})`,
      used: week(`max by (instance) (${of('node_memory_MemTotal_bytes')} - ${of('node_memory_MemAvailable_bytes')})`),
    },
    {
      id: 'container_memory',
      title: 'container memory limit',
      unit: 'bytes',
      capacity: `max by (instance, namespace, pod, name, id) (${limit} > 0)`,
      used: week(`max by (instance, namespace, pod, name, id) (${of('container_memory_working_set_bytes')})`),
    },
    {
      id: 'container_cpu',
      title: 'container CPU limit',
      unit: 'cores',
      capacity: `max by (instance, namespace, pod, name, id) (${quota} > 0)`,
      used: week(`sum by (instance, namespace, pod, name, id) (rate(${of('container_cpu_usage_seconds_total')}[1h]))`),
    },
  ];
}

/** Resources of which less than a fifth is used at the 95th percentile, by what could be freed. */
export function wasteOf(
  formula: WasteFormula,
  capacity: readonly Series[],
  used: readonly Series[],
): readonly WasteRow[] {
  const usedBy = new Map(used.map(({ labels, points }) => [shownLabels(labels), points.at(-1)?.[1]]));
  return capacity.flatMap(({ labels, points }): readonly WasteRow[] => {
    const resource = shownLabels(labels);
    const [has, uses] = [points.at(-1)?.[1], usedBy.get(resource)];
    if (has === undefined || uses === undefined || !(has > 0) || !(uses / has < wasteShare)) return [];
    const freed = has - 2 * uses;
    return [
      {
        id: formula.id,
        title: formula.title,
        resource,
        has: amount(has, formula.unit),
        uses: amount(uses, formula.unit),
        share: uses / has,
        freed,
        freedShown: amount(freed, formula.unit),
      },
    ];
  });
}

function amount(value: number, unit: WasteFormula['unit']): string {
  return unit === 'bytes' ? bytes(Math.round(value)) : `${shownNumber(Math.round(value * 100) / 100)} cores`;
}
