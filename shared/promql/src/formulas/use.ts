import { realFilesystems, withMatchers } from './selector.ts';

/** When a figure is too high or too low, and for how long before it counts. */
export interface Threshold {
  readonly direction: 'above' | 'below';
  readonly warning: number;
  readonly critical?: number;
  /** The figure must have been beyond it throughout this time, ms; 0 = now is enough. */
  readonly forMs: number;
}

/** One figure of utilisation, saturation or errors, with what it is held against. */
export interface UseFormula {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ratio' | 'perSecond' | 'count' | 'seconds';
  /** What exports it. */
  readonly source: 'node' | 'cadvisor' | 'process';
  /** One series a resource. */
  readonly expr: string;
  /** Metrics without which it has no answer. */
  readonly metrics: readonly string[];
  readonly threshold: Threshold;
}

const minute = 60_000;

/**
 * Utilisation, saturation and errors of hosts and containers.
 *
 * @param selector further matchers without braces, `instance="a"`; empty for all
 * @param window of rates, `5m`
 * @see Gregg, The USE Method; node-mixin for the thresholds
 */
export function useFormulas(selector: string, window: string): readonly UseFormula[] {
  return [
    ...nodeFormulas(selector, window),
    ...diskFormulas(selector),
    ...containerFormulas(selector, window),
    ...processFormulas(selector),
  ];
}

function nodeFormulas(selector: string, window: string): readonly UseFormula[] {
  const of = picker(selector);
  const memory = (name: string) => of(`node_memory_${name}_bytes`);
  return [
    {
      id: 'cpu',
      title: 'CPU in use',
      unit: 'ratio',
      source: 'node',
      // idle, iowait and stolen time are not use; summed before the mean over the cores
      expr: `1 - avg by (instance) (sum without (mode) (rate(${of('node_cpu_seconds_total', 'mode=~"idle|iowait|steal"')}[${window}])))`,
      metrics: ['node_cpu_seconds_total'],
      threshold: { direction: 'above', warning: 0.9, forMs: 15 * minute },
    },
    {
      id: 'load',
      title: 'load a core',
      unit: 'count',
      source: 'node',
      expr: `max by (instance) (${of('node_load1')}) / count by (instance) (${of('node_cpu_seconds_total', 'mode="idle"')})`,
      metrics: ['node_load1', 'node_cpu_seconds_total'],
      threshold: { direction: 'above', warning: 2, forMs: 15 * minute },
    },
    {
      id: 'memory',
      title: 'memory in use',
      unit: 'ratio',
      source: 'node',
      // kernels before 3.14 do not tell what is available
      expr: `1 - (${memory('MemAvailable')} or (${['Buffers', 'Cached', 'MemFree', 'Slab'].map(memory).join(' + ')})) / ${memory('MemTotal')}`,
      metrics: ['node_memory_MemTotal_bytes'],
      threshold: { direction: 'above', warning: 0.9, forMs: 15 * minute },
    },
    {
      id: 'paging',
      title: 'major page faults',
      unit: 'perSecond',
      source: 'node',
      expr: `rate(${of('node_vmstat_pgmajfault')}[${window}])`,
      metrics: ['node_vmstat_pgmajfault'],
      threshold: { direction: 'above', warning: 500, forMs: 15 * minute },
    },
    {
      id: 'disk_queue',
      title: 'requests waiting for a disk',
      unit: 'count',
      source: 'node',
      expr: `rate(${of('node_disk_io_time_weighted_seconds_total')}[${window}])`,
      metrics: ['node_disk_io_time_weighted_seconds_total'],
      threshold: { direction: 'above', warning: 10, forMs: 30 * minute },
    },
    {
      id: 'network_errors',
      title: 'network errors and drops',
      unit: 'perSecond',
      source: 'node',
      expr: networkErrors(of, window),
      metrics: ['node_network_receive_errs_total'],
      threshold: { direction: 'above', warning: 0, forMs: 0 },
    },
  ];
}

function networkErrors(of: Picker, window: string): string {
  return ['receive_errs', 'transmit_errs', 'receive_drop', 'transmit_drop']
    .map((kind) => `rate(${of(`node_network_${kind}_total`, 'device!~"lo|veth.*"')}[${window}])`)
    .join(' + ');
}

function diskFormulas(selector: string): readonly UseFormula[] {
  const of = picker(selector);
  const part = (name: string) => of(`node_filesystem_${name}`, realFilesystems);
  const writable = `and ${part('readonly')} == 0`;
  const free = `${part('avail_bytes')} / ${part('size_bytes')}`;
  // a pace needs its six hours: minutes after the first sample any line leads anywhere
  const known = `and ${part('avail_bytes')} offset 5h`;
  const threshold = { direction: 'below', warning: 0.05, critical: 0.03, forMs: 30 * minute } as const;
  return [
    {
      id: 'filesystem',
      title: 'free space',
      unit: 'ratio',
      source: 'node',
      expr: `${free} ${writable}`,
      metrics: ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
      threshold,
    },
    {
      id: 'inodes',
      title: 'free inodes',
      unit: 'ratio',
      source: 'node',
      expr: `${part('files_free')} / (${part('files')} > 0) ${writable}`,
      metrics: ['node_filesystem_files_free', 'node_filesystem_files'],
      threshold,
    },
    {
      id: 'filling',
      title: 'space left at this pace in 24 h',
      unit: 'ratio',
      source: 'node',
      // only what is already less than 40 % free: a large empty disk fills fast when it is first used
      expr: `predict_linear(${part('avail_bytes')}[6h], 86400) / ${part('size_bytes')} and ${free} < 0.4 ${writable} ${known}`,
      metrics: ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
      threshold: { direction: 'below', warning: 0, forMs: 60 * minute },
    },
    {
      id: 'filling_fast',
      title: 'space left at this pace in 4 h',
      unit: 'ratio',
      source: 'node',
      expr: `predict_linear(${part('avail_bytes')}[6h], 14400) / ${part('size_bytes')} and ${free} < 0.2 ${writable} ${known}`,
      metrics: ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
      threshold: { direction: 'below', warning: 0, critical: 0, forMs: 60 * minute },
    },
  ];
}

function containerFormulas(selector: string, window: string): readonly UseFormula[] {
  const of = picker(selector);
  return [
    {
      id: 'container_memory',
      title: 'container memory of its limit',
      unit: 'ratio',
      source: 'cadvisor',
      // a limit of 0 means none
      expr: `${of('container_memory_working_set_bytes')} / (${of('container_spec_memory_limit_bytes')} > 0)`,
      metrics: ['container_memory_working_set_bytes', 'container_spec_memory_limit_bytes'],
      threshold: { direction: 'above', warning: 0.9, forMs: 0 },
    },
    {
      id: 'container_throttling',
      title: 'container CPU periods throttled',
      unit: 'ratio',
      source: 'cadvisor',
      expr: `rate(${of('container_cpu_cfs_throttled_periods_total')}[${window}]) / (rate(${of('container_cpu_cfs_periods_total')}[${window}]) > 0)`,
      metrics: ['container_cpu_cfs_throttled_periods_total', 'container_cpu_cfs_periods_total'],
      threshold: { direction: 'above', warning: 0.25, forMs: 0 },
    },
  ];
}

/** What every client library tells of its own process, where nothing tells of the host. */
function processFormulas(selector: string): readonly UseFormula[] {
  const of = picker(selector);
  return [
    {
      id: 'process_files',
      title: 'open files of the limit',
      unit: 'ratio',
      source: 'process',
      expr: `${of('process_open_fds')} / (${of('process_max_fds')} > 0)`,
      metrics: ['process_open_fds', 'process_max_fds'],
      threshold: { direction: 'above', warning: 0.8, forMs: 0 },
    },
  ];
}

type Picker = (metric: string, matchers?: string) => string;

function picker(selector: string): Picker {
  return (metric, matchers = '') => withMatchers(metric, matchers, selector);
}

/** The formula held for its time: the worst that was never undercut, so that one peak is no breach. */
export function sustained({ expr, threshold: { direction, forMs } }: Pick<UseFormula, 'expr' | 'threshold'>): string {
  if (forMs === 0) return expr;
  const worst = direction === 'above' ? 'min_over_time' : 'max_over_time';
  const points = forMs / minute;
  const over = `((${expr})[${points}m:1m])`;
  // of a figure that is younger than its time nothing can be said yet; one lost scrape is forgiven
  return `${worst}${over} and count_over_time${over} >= ${points - 1}`;
}
