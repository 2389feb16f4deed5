import { ToolError } from '@cinecom/mcp-core';
import { redExpressions } from '@cinecom/promql';
import { knownFormulas } from './known-formulas.ts';
import type { QueryCall } from './query-steps.ts';
import { readRedSource } from './red-source.ts';

export const figurePresets = ['use', 'red', 'kpi'] as const;
export type FigurePreset = (typeof figurePresets)[number];

/** A query with a name to show. */
export interface NamedQuery {
  readonly name: string;
  readonly query: string;
  /** Below it nothing is worth telling, of the query's unit. */
  readonly floor?: number | undefined;
}

/**
 * The queries of a preset, as far as this server has their metrics.
 * @throws ToolError `not_configured` for kpi without KPIs, `backend_not_found` where nothing of it exists
 */
export async function presetQueries(preset: FigurePreset, call: QueryCall): Promise<readonly NamedQuery[]> {
  if (preset === 'kpi') return kpiQueries(call);
  const queries = preset === 'use' ? await useQueries(call) : await redQueries(call);
  if (queries.length > 0) return queries;
  throw new ToolError('backend_not_found', `nothing tells of preset ${preset} here`, {
    hint: 'Give a query instead; prom_find_metrics finds what there is.',
  });
}

async function useQueries(call: QueryCall): Promise<readonly NamedQuery[]> {
  const formulas = (await knownFormulas('', '5m', call)).filter(({ id }) => !id.startsWith('filling'));
  return formulas.map(({ title, expr }) => ({ name: title, query: expr }));
}

async function redQueries(call: QueryCall): Promise<readonly NamedQuery[]> {
  const source = await readRedSource(call);
  if (source === undefined) return [];
  const expressions = redExpressions(source, '', '5m');
  return [
    { name: 'requests/s', query: expressions.rate },
    { name: 'error ratio', query: expressions.errorRatio },
    { name: 'p95 seconds', query: expressions.quantile(0.95) },
  ].flatMap(({ name, query }) => (query === undefined ? [] : [{ name, query }]));
}

function kpiQueries({ settings }: QueryCall): readonly NamedQuery[] {
  if (settings.kpis.length > 0)
    return settings.kpis.map(({ name, query, floor }) => ({ name, query: query.replaceAll('$window', '1h'), floor }));
  throw new ToolError('not_configured', 'no KPI is set', {
    hint: 'In the settings file: kpis: [{name: tickets, query: "sum(increase(tickets_total[$window]))", direction: up, target: 1000}].',
  });
}
