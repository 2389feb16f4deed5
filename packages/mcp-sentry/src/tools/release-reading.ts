import { numberAt } from '../analysis/query/number-at.ts';
import { attempt, type NotExamined } from '@cinecom/mcp-core';
import { dispersionOf, type Dispersion } from '../analysis/fleet/dispersion.ts';
import type { ReleaseSample } from '../analysis/release/release-sample.ts';
import type { Release } from '../model/release.ts';
import type { Scope, Span } from '../model/scope.ts';
import type { SentryCall } from './scope.ts';

const hourMs = 3_600_000;

/** A term of Sentry's search that holds for exactly this version. */
export function releaseTerm(key: 'release' | 'firstRelease', version: string): string {
  return `${key}:"${version.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export interface ReleaseReading {
  readonly sample: ReleaseSample;
  readonly users: number | undefined;
  readonly missing: readonly NotExamined[];
}

/** Sessions, spans and errors of a release over its span; errors must be told, the rest may be absent. */
export async function readRelease(
  { version }: Release,
  scope: Scope,
  span: Span,
  call: SentryCall,
): Promise<ReleaseReading> {
  const { backend, signal } = call;
  const query = releaseTerm('release', version);
  const one = (dataset: 'errors' | 'spans', fields: readonly string[], filter: string) =>
    backend.queries.table(scope, { dataset, fields, query: filter, limit: 1, span }, signal);
  const [errors, spans, sessions] = await Promise.all([
    one('errors', ['count()', 'count_unique(user)'], query),
    attempt('spans of the release', one('spans', ['count()'], `${query} is_transaction:1`)),
    attempt('sessions', backend.releases.sessions(scope, { by: 'release', span, query }, signal)),
  ]);
  const own = (sessions.value ?? []).filter(({ release }) => release === undefined || release === version);
  const total = own.reduce((sum, count) => sum + count.sessions, 0);
  const crashed = own.reduce((sum, count) => sum + count.sessions * (1 - (count.crashFree ?? 1)), 0);
  return {
    sample: {
      sessions: total > 0 ? total : undefined,
      crashed: total > 0 ? Math.round(crashed) : undefined,
      spans: spans.value === undefined ? undefined : (numberAt(spans.value.rows[0], 'count()') ?? 0),
      errors: numberAt(errors.rows[0], 'count()') ?? 0,
      hours: (span.end - span.start) / hourMs,
    },
    users: numberAt(errors.rows[0], 'count_unique(user)') ?? 0,
    missing: [...spans.missing, ...sessions.missing],
  };
}

/** Bursts of a release's errors by complete hour. */
export async function readDispersion(
  { version }: Release,
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<Dispersion> {
  const { series } = await backend.queries.series(
    scope,
    { dataset: 'errors', yAxis: 'count()', query: releaseTerm('release', version), intervalSeconds: 3600, span },
    signal,
  );
  const points = series.flatMap((one) => one.points);
  const whole = points.filter(({ at, isIncomplete }) => !isIncomplete && at >= span.start && at + hourMs <= span.end);
  return dispersionOf(whole.map(({ value }) => value));
}
