import { countsBy } from '../analysis/query/number-at.ts';
import { attempt, type Attempt, ToolError } from '@cinecom/mcp-core';
import type { DeployAt } from '../analysis/causes/suspect-release.ts';
import { findStep, type Step } from '../analysis/series/find-step.ts';
import { findOverRepresented, type TagVerdict } from '../analysis/tags/find-over-represented.ts';
import type { SentryEvent } from '../model/event.ts';
import type { Issue } from '../model/issue.ts';
import type { Release } from '../model/release.ts';
import type { Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import type { SentryCall } from './scope.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const intervalSeconds = 900;
const mostReleases = 5;
/** Tags that can be a cause, in the order in which they are asked for. */
const tellingTags = ['release', 'environment', 'browser', 'server_name', 'region', 'os', 'runtime', 'device'];
const mostTags = 5;

/** The step in the events of an issue: around its beginning, or in the last day where it is an old one that came back. */
export async function stepOf(issue: Issue, scope: Scope, call: SentryCall): Promise<Attempt<Step | undefined>> {
  return attempt('step in frequency', readStep(issue, scope, call));
}

async function readStep(issue: Issue, scope: Scope, { backend, signal, clock }: SentryCall): Promise<Step | undefined> {
  const now = clock.now();
  const about = isBack(issue) || issue.firstSeen === undefined ? now - dayMs / 2 : issue.firstSeen;
  const span = { start: about - dayMs / 2, end: Math.min(now, about + dayMs / 2) };
  const answer = await backend.queries.series(
    scope,
    { dataset: 'errors', yAxis: 'count()', query: queryOf(issue), intervalSeconds, span },
    signal,
  );
  const points = (answer.series[0]?.points ?? []).filter(({ isIncomplete }) => !isIncomplete);
  const step = findStep(points.map(({ at, value }) => ({ at, count: value })));
  if (step !== 'insufficient') return step;
  throw new ToolError('backend_error', 'fewer than eight complete quarters of an hour are there');
}

/** Regressed or escalating: when it was first seen says nothing of why it is here now. */
export function isBack({ substatus }: Issue): boolean {
  return substatus === 'regressed' || substatus === 'escalating';
}

/** Deploys of releases around the beginning; where none were told, when the release was made. */
export async function deploysOf(
  onset: number | undefined,
  issue: Issue,
  scope: Scope,
  call: SentryCall,
): Promise<Attempt<readonly DeployAt[]>> {
  const { backend, signal } = call;
  const listed = await attempt('releases', backend.releases.list(scope, { limit: 50 }, signal));
  const near = nearReleases(listed.value ?? [], onset, issue);
  const told = await Promise.all(
    near.map(async (release) => {
      const deploys = await attempt(`deploys of releases`, backend.releases.deploys(scope, release.version, signal));
      const wanted = (deploys.value ?? []).filter(
        ({ environment }) => scope.environments.length === 0 || scope.environments.includes(environment ?? ''),
      );
      const times = wanted.flatMap(({ finishedAt }) => (finishedAt === undefined ? [] : [finishedAt]));
      return { missing: deploys.missing, deploys: times.length > 0 ? deploysAt(release, times) : creationOf(release) };
    }),
  );
  const missing = [...listed.missing, ...told.flatMap((one) => one.missing).slice(0, 1)];
  return { value: listed.value === undefined ? undefined : told.flatMap(({ deploys }) => deploys), missing };
}

function nearReleases(releases: readonly Release[], onset: number | undefined, issue: Issue): readonly Release[] {
  const at = ({ releasedAt, createdAt }: Release): number => releasedAt ?? createdAt ?? 0;
  const before = releases
    .filter((release) => onset === undefined || (at(release) <= onset + hourMs && at(release) >= onset - 30 * dayMs))
    .toSorted((left, right) => at(right) - at(left));
  const own = releases.filter(({ version }) => version === issue.firstRelease || version === issue.lastRelease);
  return [...new Set([...own, ...before])].slice(0, mostReleases);
}

function deploysAt({ version }: Release, times: readonly number[]): readonly DeployAt[] {
  return times.map((at) => ({ version, at, kind: 'deploy' }));
}

function creationOf({ version, releasedAt, createdAt }: Release): readonly DeployAt[] {
  const at = releasedAt ?? createdAt;
  return at === undefined ? [] : [{ version, at, kind: 'creation' }];
}

/** Values that the issue has more often than the rest of its project has since the issue is there. */
export async function tagsOf(
  onset: number | undefined,
  { issue, event }: { readonly issue: Issue; readonly event: SentryEvent | undefined },
  scope: Scope,
  call: SentryCall,
): Promise<Attempt<readonly TagVerdict[]>> {
  const keys = tellingTags.filter((key) => event === undefined || event.tags.some((tag) => tag.key === key));
  const now = call.clock.now();
  const start = Math.max(now - 14 * dayMs, Math.min(onset ?? now - dayMs, now - hourMs));
  const work = Promise.all(
    keys.slice(0, mostTags).map(async (key) => {
      const [inside, all] = await Promise.all([
        countsOf(key, queryOf(issue), scope, { start, end: now }, call),
        countsOf(key, '', scope, { start, end: now }, call),
      ]);
      return { key, issue: inside, project: all };
    }),
  );
  return attempt('dominant tag', work.then(findOverRepresented));
}

async function countsOf(
  key: string,
  query: string,
  scope: Scope,
  span: Span,
  { backend, signal }: SentryCall,
): Promise<ReadonlyMap<string, number>> {
  const options = { dataset: 'errors', fields: [key, 'count()'], query, sort: '-count()', limit: 100, span } as const;
  const { rows } = await backend.queries.table(scope, options, signal);
  return countsBy(rows, key);
}

/** A query of ours: nothing that an outsider wrote gets into it. */
function queryOf({ shortId, id }: Issue): string {
  return plainName(shortId) === undefined ? `issue.id:${id}` : `issue:${shortId}`;
}
