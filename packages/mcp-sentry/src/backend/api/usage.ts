import { isToolError } from '@cinecom/mcp-core';
import type { ClientKey, OutcomeCount, Usage } from '../../model/usage.ts';
import type { Scope } from '../../model/scope.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, numberOf, textOf, timeOf } from '../../model/told.ts';
import { scopeQuery, withSpan } from './scope-query.ts';

const mostKeys = 2000;

export function createUsage(api: SentryApi): Usage {
  return {
    async outcomes(scope, { groupBy, span, interval, category }, signal) {
      const query = withSpan(scopeQuery({ ...scope, environments: [] }), span);
      for (const group of groupBy) query.append('groupBy', group);
      query.set('field', 'sum(quantity)');
      query.set('interval', interval);
      if (category !== undefined) query.set('category', category);
      const { body } = await api.get('outcomes', { organization: scope.organization }, query, signal);
      const told = fieldsOf(body);
      const [start, end] = [timeOf(told['start']), timeOf(told['end'])];
      return {
        span: start === undefined || end === undefined ? undefined : { start, end },
        counts: listOf(told['groups']).map(outcomeOf),
        intervals: listOf(told['intervals']).flatMap((at) => timeOf(at) ?? []),
      };
    },
    keys: (scope, signal) => readKeys(api, scope, signal),
    async filters({ organization }, project, signal) {
      const { body } = await api.get('filters', { organization, project }, new URLSearchParams(), signal);
      return listOf(body).flatMap((item) => {
        const { id, active } = fieldsOf(item);
        const known = textOf(id);
        // legacy browsers: a list of those that are filtered
        return known === undefined ? [] : [{ id: known, isActive: active === true || listOf(active).length > 0 }];
      });
    },
  };
}

function outcomeOf(item: unknown): OutcomeCount {
  const told = fieldsOf(item);
  const by = fieldsOf(told['by']);
  return {
    outcome: textOf(by['outcome']),
    reason: textOf(by['reason']),
    category: textOf(by['category']),
    projectId: textOf(by['project']),
    total: numberOf(fieldsOf(told['totals'])['sum(quantity)']) ?? 0,
    series: listOf(fieldsOf(told['series'])['sum(quantity)']).map((value) => numberOf(value) ?? 0),
  };
}

/** One route for all; where it is absent or closed, each project's own. */
async function readKeys(api: SentryApi, scope: Scope, signal: AbortSignal): Promise<readonly ClientKey[]> {
  const { organization } = scope;
  const inScope = new Set(scope.projects.map(({ id }) => id));
  try {
    const all = await api.all('projectKeys', { organization }, new URLSearchParams(), mostKeys, signal);
    return all.flatMap((item) => keyOf(item, undefined) ?? []).filter(({ projectId }) => inScope.has(projectId ?? ''));
  } catch (error) {
    if (!isToolError(error) || !/^backend_(not_found|forbidden)$/.test(error.code)) throw error;
  }
  const lists = await Promise.all(
    scope.projects.map(async ({ id, slug }) => {
      const all = await api.all('keys', { organization, project: slug }, new URLSearchParams(), mostKeys, signal);
      return all.flatMap((item) => keyOf(item, id) ?? []);
    }),
  );
  return lists.flat();
}

function keyOf(item: unknown, projectId: string | undefined): ClientKey | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['id']);
  if (id === undefined) return undefined;
  const limit = fieldsOf(told['rateLimit']);
  const [count, windowSeconds] = [numberOf(limit['count']), numberOf(limit['window'])];
  return {
    id,
    label: textOf(told['label']) ?? textOf(told['name']),
    publicKey: textOf(told['public']),
    projectId: textOf(told['projectId']) ?? projectId,
    dsn: textOf(fieldsOf(told['dsn'])['public']),
    isActive: told['isActive'] !== false,
    rateLimit: count === undefined || windowSeconds === undefined ? undefined : { count, windowSeconds },
  };
}
