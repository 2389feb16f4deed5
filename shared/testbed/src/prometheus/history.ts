/** One series of history, sampled by a function of time. */
export interface HistorySeries {
  readonly labels?: Readonly<Record<string, string>>;
  /** At UTC ms; undefined leaves a gap. */
  readonly valueAt: (at: number) => number | undefined;
}

export interface HistoryMetric {
  readonly name: string;
  readonly type?: 'counter' | 'gauge' | 'unknown';
  readonly help?: string;
  readonly series: readonly HistorySeries[];
}

export interface HistoryOptions {
  /** UTC ms, both included. */
  readonly start: number;
  readonly end: number;
  readonly stepMs: number;
}

/** OpenMetrics text of metrics over a span, as `startPrometheus({ history })` takes it. Counters keep the name they are given. */
export function historyText(metrics: readonly HistoryMetric[], { start, end, stepMs }: HistoryOptions): string {
  const lines: string[] = [];
  for (const { name, type = 'gauge', help, series } of metrics) {
    // the family of a counter is its name without _total; what has no _total can only be told as unknown
    const isCounter = type === 'counter' && name.endsWith('_total');
    const family = isCounter ? name.slice(0, -'_total'.length) : name;
    lines.push(`# TYPE ${family} ${isCounter ? 'counter' : type === 'gauge' ? 'gauge' : 'unknown'}`);
    if (help !== undefined) lines.push(`# HELP ${family} ${help}`);
    for (const { labels = {}, valueAt } of series) {
      const head = `${name}{${Object.entries(labels).map(labelText).join(',')}}`;
      for (let at = start; at <= end; at += stepMs) {
        const value = valueAt(at);
        if (value !== undefined) lines.push(`${head} ${numberText(value)} ${at / 1000}`);
      }
    }
  }
  return [...lines, '# EOF', ''].join('\n');
}

function labelText([name, value]: readonly [string, string]): string {
  return `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
