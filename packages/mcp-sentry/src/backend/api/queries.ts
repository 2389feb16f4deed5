import { isToolError } from '@cinecom/mcp-core';
import type { Capability, CapabilityName } from '../../model/access.ts';
import type { CellValue, Queries, SeriesAnswer, SeriesOptions, TableAnswer, TableOptions } from '../../model/query.ts';
import type { Scope } from '../../model/scope.ts';
import type { SentryApi } from '../http/api.ts';
import { hasOlderWords, type Worded, worded } from './datasets.ts';
import { fieldsOf, listOf, textOf } from '../../model/told.ts';
import { scopeQuery, withSpan } from './scope-query.ts';
import { seriesOfStats, seriesOfTimeseries } from './series-of.ts';

const mostAttributes = 100;
/** Datasets whose attributes can be listed. */
const listed = new Set<string>(['logs', 'spans', 'tracemetrics']);

type Known = (organization: string, name: CapabilityName, signal: AbortSignal) => Promise<Capability>;

export function createQueries(api: SentryApi, capability: Known): Queries {
  const ask = async (scope: Scope, options: TableOptions, generation: 'current' | 'older', signal: AbortSignal) => {
    const asked = worded(options, generation);
    const query = tableQuery(scope, options, asked);
    const { body, cursor } = await api.get('events', { organization: scope.organization }, query, signal);
    return tableOf(body, cursor, asked);
  };
  return {
    async table(scope, options, signal) {
      try {
        return await ask(scope, options, 'current', signal);
      } catch (error) {
        // only a server that is asked in words of a later one is worth a second question
        if (!isToolError(error) || error.code !== 'invalid_input' || !hasOlderWords(options.dataset)) throw error;
        if ((await capability(scope.organization, 'spans', signal)) !== 'absent') throw error;
        return await ask(scope, options, 'older', signal);
      }
    },
    async series(scope, options, signal) {
      try {
        return await series(api, scope, options, signal);
      } catch (error) {
        // absent, or asked with what is not there: only the first is worth a second question
        if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
        if ((await capability(scope.organization, 'timeseries', signal)) !== 'absent') throw error;
        return await olderSeries(api, scope, options, signal);
      }
    },
    async attributes(scope, dataset, part, signal) {
      if (!listed.has(dataset)) return [];
      const query = new URLSearchParams({ itemType: dataset, substringMatch: part });
      try {
        const { body } = await api.get('attributes', { organization: scope.organization }, query, signal);
        return listOf(body)
          .slice(0, mostAttributes)
          .flatMap((item) => textOf(fieldsOf(item)['name']) ?? textOf(fieldsOf(item)['key']) ?? []);
      } catch (error) {
        if (isToolError(error) && (error.code === 'backend_not_found' || error.code === 'invalid_input')) return [];
        throw error;
      }
    },
  };
}

function tableQuery(scope: Scope, { limit, cursor, span }: TableOptions, asked: Worded): URLSearchParams {
  const query = withSpan(scopeQuery(scope), span);
  query.set('dataset', asked.dataset);
  for (const field of asked.fields) query.append('field', field);
  query.set('query', asked.query);
  query.set('per_page', String(limit));
  if (asked.sort !== undefined) query.set('sort', asked.sort);
  if (cursor !== undefined) query.set('cursor', cursor);
  return query;
}

function tableOf(body: unknown, cursor: string | undefined, { askedName, dataset }: Worded): TableAnswer {
  const told = fieldsOf(body);
  const meta = fieldsOf(told['meta']);
  const rows = listOf(told['data']).map((item) => {
    const cells = Object.entries(fieldsOf(item)).map(
      ([name, value]) => [askedName.get(name) ?? name, cellOf(value)] as const,
    );
    return new Map(cells);
  });
  const units = Object.entries(fieldsOf(meta['units'])).flatMap(([name, unit]) => {
    const text = textOf(unit);
    return text === undefined ? [] : [[askedName.get(name) ?? name, text] as const];
  });
  return { rows, units: new Map(units), isPartial: meta['dataScanned'] === 'partial', cursor, dataset };
}

/** A list, such as of tags, is shown as the text of its items. */
function cellOf(value: unknown): CellValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => textOf(item) ?? '').join(', ');
  return null;
}

async function series(
  api: SentryApi,
  scope: Scope,
  options: SeriesOptions,
  signal: AbortSignal,
): Promise<SeriesAnswer> {
  const query = seriesQuery(scope, options, 'groupBy');
  query.set('dataset', options.dataset);
  query.set('interval', String(options.intervalSeconds));
  const { body } = await api.get('timeseries', { organization: scope.organization }, query, signal);
  return seriesOfTimeseries(body);
}

/** The route of before: its interval is written with a unit, and it groups and sorts by `field`. */
async function olderSeries(
  api: SentryApi,
  scope: Scope,
  options: SeriesOptions,
  signal: AbortSignal,
): Promise<SeriesAnswer> {
  const { dataset, query: filter, sort } = worded({ ...options, fields: options.groupBy ?? [] }, 'older');
  const query = seriesQuery(scope, { ...options, query: filter, ...(sort === undefined ? {} : { sort }) }, 'field');
  query.set('dataset', dataset);
  query.set('interval', `${options.intervalSeconds}s`);
  const yAxis = worded({ dataset: options.dataset, fields: [options.yAxis] }, 'older').fields[0] ?? options.yAxis;
  query.set('yAxis', yAxis);
  if (options.top !== undefined) query.append('field', yAxis);
  const { body } = await api.get('eventsStats', { organization: scope.organization }, query, signal);
  return seriesOfStats(body, options);
}

function seriesQuery(scope: Scope, options: SeriesOptions, groupName: 'groupBy' | 'field'): URLSearchParams {
  const query = withSpan(scopeQuery(scope), options.span);
  query.set('yAxis', options.yAxis);
  query.set('query', options.query ?? '');
  for (const group of options.groupBy ?? []) query.append(groupName, group);
  if (options.top !== undefined) query.set('topEvents', String(options.top));
  if (options.sort !== undefined) query.set('sort', options.sort);
  if (options.comparisonSeconds !== undefined) query.set('comparisonDelta', String(options.comparisonSeconds));
  return query;
}
