import { attempt, counted, duration, nextCall, outside, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { alertKey } from '../analysis/ingest/alert-key.ts';
import type { Scope } from '../model/scope.ts';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { dsnOf } from './dsn-of.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';

const quietMs = 60_000;
const visibleMs = 20_000;
const storeName = 'captured-alerts';
const mostRemembered = 500;

export const captureEvent = defineTool({
  name: 'sentry_capture_event',
  title: 'Capture an operational event',
  description:
    'An alert of another system becomes a Sentry issue: firing sends one event, repeats join its issue, resolved closes it. For Prometheus and Alertmanager, deployments, jobs.',
  searchHint: 'send event alert prometheus alertmanager firing resolved create issue アラート 連携 通知',
  risk: 'write',
  input: z.strictObject({
    title: z.string().min(1).max(200),
    state: z.enum(['firing', 'resolved']).default('firing'),
    level: z.enum(['fatal', 'error', 'warning', 'info', 'debug']).default('error'),
    fingerprint: z
      .array(z.string().min(1).max(200))
      .max(5)
      .default([])
      .describe('what makes repeats one; title and tags by default'),
    tags: z
      .record(z.string().regex(/^[a-zA-Z][\w.:-]{0,31}$/, 'expected a tag name'), z.string().min(1).max(200))
      .default({})
      .describe('at most 20'),
    link: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
    organization: scopeInput.organization,
    environment: scopeInput.environment,
  }),
  output: z.strictObject({
    state: z.enum(['firing', 'resolved']),
    event: z.string().optional(),
    issues: z.array(outside(z.string())),
    said: z.string(),
    next: z.string().optional(),
  }),
  async plan({ organization, ...input }, call) {
    if (Object.keys(input.tags).length > 20) {
      throw new ToolError('invalid_input', 'tags has more than 20', {
        hint: 'Leave out those that nobody searches for.',
      });
    }
    const scope = await scopeOf({ organization, environment: input.environment }, call);
    const { project } = await readDsn(scope, call);
    const key = alertKey(input.title, input.fingerprint, input.tags);
    const slug = plainName(project.slug) ?? project.id;
    const open = input.state === 'resolved' ? await openIssues(key, scope, call) : [];
    return {
      summary: `${input.state === 'firing' ? 'Send' : 'Resolve'} ${quote(input.title)} in ${quote(project.slug)}`,
      steps:
        input.state === 'firing'
          ? [`send one event of level ${input.level}, fingerprint ${quote(key)}`]
          : open.map(({ shortId, title }) => `resolve ${quote(`${shortId} ${title ?? ''}`)}`),
      targets: [{ type: 'project', id: slug }],
      warnings: input.state === 'resolved' && open.length === 0 ? ['no open issue has this fingerprint'] : [],
      undo:
        input.state === 'firing'
          ? 'sentry_capture_event with state resolved'
          : 'sentry_triage_issues with status unresolved',
      observed: {
        organization: scope.organization,
        state: input.state,
        title: input.title,
        level: input.level,
        key,
        tags: { ...input.tags, ...(input.link === undefined ? {} : { 'cinecom.link': input.link.slice(0, 200) }) },
        environment: input.environment ?? scope.environments[0] ?? '',
        issues: open.map(({ id }) => id),
      },
    };
  },
  async apply({ observed }, call) {
    const scope = await scopeOf({ organization: observed.organization }, call);
    if (observed.state === 'resolved') {
      await call.backend.issues.change(scope, observed.issues, { status: 'resolved' }, call.signal);
      const left = await openIssues(observed.key, scope, call);
      return {
        state: observed.state,
        issues: [],
        said: `${counted(observed.issues.length - left.length, 'issue')} resolved, ${left.length} still open`,
      };
    }
    await keepQuiet(observed.key, call);
    const { dsn, project } = await readDsn(scope, call);
    const { tags, title, level, key, environment } = observed;
    const sent = await call.backend.ingest.send(
      dsn,
      {
        message: title,
        level,
        environment: environment === '' ? undefined : environment,
        fingerprint: [key],
        tags: { ...tags, 'cinecom.alert': key },
      },
      call.signal,
    );
    if (sent.statusCode === undefined || sent.statusCode >= 300) throw lost(sent.statusCode);
    const onLook = (passedMs: number) => call.progress(passedMs, visibleMs, 'accepted, not visible yet');
    const place = { organization: scope.organization, project: project.slug, eventId: sent.eventId };
    const seen = await call.backend.ingest.watch(place, { untilMs: visibleMs, onLook }, call.signal);
    const issueId = seen?.event.issueId;
    return {
      state: observed.state,
      event: sent.eventId,
      issues:
        issueId === undefined ? [] : [`${call.backend.url}/organizations/${scope.organization}/issues/${issueId}/`],
      said: seen === undefined ? 'accepted, not yet visible' : `visible after ${duration(seen.afterMs)}`,
      ...(plainName(issueId) === undefined ? {} : { next: plainName(issueId) }),
    };
  },
  // an event that left cannot be told from one that did not without its id; what was resolved is seen by planning anew
  settle: async ({ observed }, call) => {
    if (observed.state === 'firing') return 'unknown';
    const scope = await scopeOf({ organization: observed.organization }, call);
    return (await openIssues(observed.key, scope, call)).length === 0 ? 'yes' : 'no';
  },
  render({ state, event, issues, said, next }) {
    const head = event === undefined ? `${state}: ${said}` : `${state}: event ${event} ${said}`;
    const follow = next === undefined ? [] : ['', nextCall('sentry_issue', { issue: next })];
    return [head, ...issues, ...follow].join('\n');
  },
});

async function readDsn(scope: Scope, call: SentryCall) {
  const keys = await attempt('client keys', call.backend.usage.keys(scope, call.signal));
  return dsnOf({ scope, keys: keys.value, name: undefined }, call);
}

async function openIssues(key: string, scope: Scope, { backend, signal }: SentryCall) {
  const query = `is:unresolved cinecom.alert:"${key}"`;
  return (await backend.issues.search({ ...scope, environments: [] }, { query, limit: 25 }, signal)).issues;
}

/** At most one event a minute of one fingerprint, of all processes that share the state folder. @throws ToolError `rate_limited` */
async function keepQuiet(key: string, { state, clock }: SentryCall): Promise<void> {
  await state.exclusive(storeName, async () => {
    const now = clock.now();
    const kept = await state.store.read(storeName);
    const sent = Object.entries(typeof kept === 'object' && kept !== null ? kept : {}).filter(
      ([, at]) => typeof at === 'number' && now - at < quietMs,
    );
    if (sent.some(([name]) => name === key)) {
      throw new ToolError('rate_limited', 'an event of this fingerprint was sent within the last minute', {
        hint: 'It is in Sentry already; send it again in a minute.',
        applied: 'no',
      });
    }
    await state.store.write(storeName, Object.fromEntries([...sent.slice(-mostRemembered), [key, now]]));
  });
}

function lost(status: number | undefined): ToolError {
  const what = status === undefined ? 'the event never arrived' : `the event was refused with ${status}`;
  return new ToolError('backend_error', what, { hint: 'sentry_check_ingest finds the cause.', applied: 'no' });
}
