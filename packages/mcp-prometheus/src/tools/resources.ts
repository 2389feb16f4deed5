import { findings, findingsReport, outside, percent, renderFindings, table, type NotExamined } from '@cinecom/mcp-core';
import { sustained, type UseFormula } from '@cinecom/promql';
import * as z from 'zod';
import { judgeResources, type ResourceReading, worstResources } from '../analysis/resources/judge-resources.ts';
import { wasteFormulas, wasteOf, wasteShare } from '../analysis/resources/waste.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import { defineTool } from '../tool.ts';
import { knownFormulas } from './known-formulas.ts';
import { matchersOf } from './selector.ts';
import { durationOf } from './times.ts';

export const resources = defineTool({
  name: 'prom_resources',
  title: 'Hosts and containers',
  description:
    'CPU, load, memory, disk, inodes, network of hosts and containers against thresholds, worst first; what is saturated and how long. view=waste: what could be freed.',
  searchHint: 'cpu memory disk load saturation use method node host container waste capacity リソース 使用率',
  risk: 'read',
  input: z.strictObject({
    selector: z.string().max(1000).optional().describe('{instance="a"}'),
    window: z.string().max(20).default('5m').describe('of rates, 1m to 1d'),
    top: z.int().min(1).max(50).default(10).describe('rows a figure'),
    view: z.enum(['use', 'waste']).default('use'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        resource: outside(z.string()),
        value: z.number(),
        shown: z.string(),
        has: z.string().optional(),
        uses: z.string().optional(),
      }),
    ),
    sources: z.array(z.string()),
  }),
  async handle({ selector, window, top, view }, { backend, signal }) {
    durationOf('window', window, { least: '1m', most: '1d' });
    const matchers = matchersOf('selector', selector);
    if (view === 'waste') return waste(backend, matchers, top, signal);
    const formulas = await knownFormulas(matchers, window, { backend, signal });
    const { sources, missing } = sourcesOf(formulas);
    const readings = await Promise.all(formulas.map((formula) => read(formula, backend, signal)));
    const rows = readings.flatMap((reading) => worstResources(reading, top));
    const found = judgeResources(readings);
    return {
      ...findings({
        summary:
          found.length === 0
            ? `nothing beyond its threshold in ${rows.length} figures`
            : `${found.length} beyond their threshold`,
        findings: found,
        notExamined: [
          ...missing,
          ...(rows.length === 0 ? [{ what: 'resources', why: 'no figure has an answer', required: true }] : []),
        ],
        window: `now, rates of ${window}`,
      }),
      rows,
      sources,
    };
  },
  render(report) {
    const columns = ['title', 'resource', 'shown', 'has', 'uses'] as const;
    const source = report.sources.length === 0 ? '' : `\nFrom ${report.sources.join(', ')}`;
    return `${renderFindings(report)}\n\n${table(report.rows, columns)}${source}`;
  },
});

async function read(formula: UseFormula, backend: PrometheusBackend, signal: AbortSignal): Promise<ResourceReading> {
  const [now, held] = await Promise.all([
    backend.instant(formula.expr, {}, signal),
    backend.instant(sustained(formula), {}, signal),
  ]);
  return { formula, now: now.series, held: held.series };
}

const sourceNames = {
  node: 'node exporter',
  cadvisor: 'cAdvisor',
  process: 'process metrics of client libraries',
} as const;

/** What the figures rest on, and what nothing tells of. */
function sourcesOf(formulas: readonly UseFormula[]) {
  const sources = [...new Set(formulas.map(({ source }) => sourceNames[source]))];
  const missing = (['node', 'cadvisor'] as const).flatMap((source): readonly NotExamined[] =>
    formulas.some((formula) => formula.source === source)
      ? []
      : [{ what: source === 'node' ? 'hosts' : 'containers', why: `no metrics of ${sourceNames[source]}` }],
  );
  return { sources, missing };
}

async function waste(backend: PrometheusBackend, matchers: string, top: number, signal: AbortSignal) {
  const read = await Promise.all(
    wasteFormulas(matchers).map(async (formula) => {
      const [capacity, used] = await Promise.all([
        backend.instant(formula.capacity, {}, signal),
        backend.instant(formula.used, {}, signal),
      ]);
      return {
        formula,
        examined: Math.min(capacity.series.length, used.series.length),
        rows: wasteOf(formula, capacity.series, used.series),
      };
    }),
  );
  const missing = read
    .filter(({ examined }) => examined === 0)
    .map(({ formula }) => ({ what: formula.title, why: 'no figures of a week' }));
  const rows = read.flatMap((one) => one.rows.toSorted((a, b) => b.freed - a.freed).slice(0, top));
  const total = read.reduce((sum, one) => sum + one.rows.length, 0);
  return {
    ...findings({
      summary: `${total} resources use less than ${percent(wasteShare)} of what they have`,
      findings: [],
      notExamined: [
        ...missing,
        ...(missing.length === read.length ? [{ what: 'waste', why: 'no figures', required: true }] : []),
      ],
      window: '95th percentile of 7 d; what twice the use would leave is free',
    }),
    rows: rows.map(({ id, title, resource, freed, freedShown, has, uses }) => ({
      id,
      title,
      resource,
      value: freed,
      shown: `${freedShown} free`,
      has,
      uses,
    })),
    sources: [],
  };
}
