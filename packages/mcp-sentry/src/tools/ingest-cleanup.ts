import { attempt } from '@cinecom/mcp-core';
import type { SeenEvent } from '../model/ingest.ts';
import type { Project, Scope } from '../model/scope.ts';
import { cutTo, type SentryCall } from './scope.ts';

/** Resolves the issue of a check, where nothing but checks fell into it, and looks whether it is. In words. */
export async function cleanUp(
  { seen, project }: { readonly seen: SeenEvent | undefined; readonly project: Project },
  scope: Scope,
  call: SentryCall,
): Promise<string> {
  const { backend, signal } = call;
  if (seen === undefined) return 'nothing to resolve';
  const place = await attempt('the issue', issueIdOf(seen, scope, call));
  const issueId = place.value;
  if (issueId === undefined) return 'its issue is not told yet: resolve it by hand';
  const checks = await attempt('its events', holdsOnlyChecks(issueId, scope, call));
  if (checks.value === undefined) return `its issue was left open: ${checks.missing[0]?.why ?? 'not told'}`;
  if (!checks.value) return 'its issue holds other events too, so it was left open';
  const own = cutTo(scope, [project.id]);
  const change = await attempt('clean-up', backend.issues.change(own, [issueId], { status: 'resolved' }, signal));
  const now = await attempt('the issue', backend.issues.find(scope, issueId, signal));
  if (now.value?.status === 'resolved') return 'its issue is resolved';
  // what Sentry does not change it does not refuse either
  const why = [...change.missing, ...now.missing][0]?.why ?? `it is ${now.value?.status ?? 'in a state not told'}`;
  return `its issue could not be resolved: ${why}`;
}

async function issueIdOf({ event }: SeenEvent, { organization }: Scope, { backend, signal }: SentryCall) {
  return event.issueId ?? backend.issues.issueOfEvent(organization, event.id, signal);
}

const mostEvents = 100;
const dayMs = 86_400_000;

/** The latest events one by one; of an issue with more of them, the older ones by their number. */
async function holdsOnlyChecks(
  issueId: string,
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<boolean> {
  const everywhere = { ...scope, environments: [] };
  const events = await backend.issues.events(everywhere, issueId, mostEvents, signal);
  const isOurs = events.length > 0 && events.every(({ tags }) => tags['synthetic'] === 'true');
  if (!isOurs || events.length < mostEvents) return isOurs;
  const now = clock.now();
  const { value } = await attempt(
    'other events',
    backend.queries.table(
      everywhere,
      {
        dataset: 'errors',
        fields: ['count()'],
        query: `issue.id:${issueId} !synthetic:true`,
        limit: 1,
        span: { start: now - 90 * dayMs, end: now },
      },
      signal,
    ),
  );
  return value !== undefined && value.rows.every((row) => row.get('count()') === 0);
}
