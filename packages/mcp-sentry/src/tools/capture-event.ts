import { attempt, counted, duration, nextCall, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Issue } from '../model/issue.ts';
import type { Scope } from '../model/scope.ts';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { type AlertAnywhere, forget, forgetResolved, noteSent, wasJustSent } from './captured-alerts.ts';
import { joined, lost, notVisible, ofKey, resolvedText, rulesWarning } from './captured-words.ts';
import { cleaned } from './clean-alert.ts';
import { dsnOf, setDsn } from './dsn-of.ts';
import { lookFor } from './look-for-event.ts';
import { cutTo, scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const visibleMs = 20_000;
const betweenLooksMs = 2000;

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
    said: z.string(),
    next: z.string().optional(),
    source,
  }),
  async plan({ organization, ...input }, call) {
    if (Object.keys(input.tags).length > 20) {
      throw new ToolError('invalid_input', 'tags has more than 20', {
        hint: 'Leave out those that nobody searches for.',
      });
    }
    const scope = await scopeOf({ organization, environment: input.environment }, call);
    const { dsn, project } = await readDsn(scope, call);
    const environment = input.environment ?? scope.environments[0] ?? '';
    const { title, tags, key } = cleaned(input, call);
    const slug = plainName(project.slug) ?? project.id;
    const alert = { server: `${dsn.host}${dsn.path}`, project: project.id, key };
    const open = input.state === 'resolved' ? await issuesToClose(alert, scope, call) : [];
    return {
      summary: `${input.state === 'firing' ? 'Send' : 'Resolve'} ${quote(title)} in ${quote(project.slug)}`,
      steps:
        input.state === 'firing'
          ? [`send one event of level ${input.level}, fingerprint ${quote(key)}`]
          : open.map(({ shortId, title }) => `resolve ${quote(`${shortId} ${title ?? ''}`)}`),
      targets: [{ type: 'project', id: slug }],
      warnings:
        input.state === 'firing'
          ? [rulesWarning(environment)]
          : open.length === 0
            ? ['no open issue has this fingerprint']
            : [],
      undo:
        input.state === 'firing'
          ? 'sentry_capture_event with state resolved'
          : 'sentry_triage_issues with status unresolved',
      observed: {
        organization: scope.organization,
        state: input.state,
        ...alert,
        title,
        level: input.level,
        tags,
        environment,
        issues: open.map(({ id }) => id),
      },
    };
  },
  async apply({ observed }, call) {
    const scope = await scopeOf({ organization: observed.organization }, call);
    if (observed.state === 'resolved') {
      const own = cutTo(scope, [observed.project]);
      await call.backend.issues.change(own, observed.issues, { status: 'resolved' }, call.signal);
      await forgetResolved(observed, call);
      const left = await attempt('what is left', openIssues(observed.key, scope, observed.project, call));
      return {
        state: observed.state,
        said: resolvedText(observed.issues.length, left.value?.length),
        source: sourceOf(
          call.backend.url,
          scope.organization,
          ofKey(observed.key),
          `PUT organizations/${scope.organization}/issues/ with ${counted(observed.issues.length, 'id')}`,
        ),
      };
    }
    const { dsn, project } = await readDsn(scope, call);
    const alreadyMs = await noteSent(observed, call);
    if (alreadyMs !== undefined) return joined(observed, alreadyMs, call);
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
    if (sent.statusCode === undefined || sent.statusCode >= 300) {
      const isLost = sent.statusCode === undefined ? sent.neverLeft === true : sent.statusCode < 500;
      // where it may have arrived too: a second event joins the issue, an alert that is held back may be lost
      await forget(observed, call);
      throw lost(sent.statusCode, isLost);
    }
    const onLook = (passedMs: number) => call.progress(passedMs, visibleMs, 'accepted, not visible yet');
    const place = { organization: scope.organization, project: project.slug, eventId: sent.eventId };
    const { seen, notLooked } = await lookFor(place, { untilMs: visibleMs, onLook }, call);
    const issueId = seen?.event.issueId;
    return {
      state: observed.state,
      event: sent.eventId,
      said: seen === undefined ? notVisible(notLooked) : `visible after ${duration(seen.afterMs)}`,
      ...(plainName(issueId) === undefined ? {} : { next: plainName(issueId) }),
      source: sourceOf(
        call.backend.url,
        scope.organization,
        issueId === undefined ? ofKey(key) : `/issues/${issueId}/`,
        `one event to ${dsn.host}; GET projects/${scope.organization}/${project.slug}/events/`,
      ),
    };
  },
  // an event that left cannot be told from one that did not without its id; what was resolved is seen by planning anew
  settle: async ({ observed }, call) => {
    if (observed.state === 'firing') return 'unknown';
    const scope = await scopeOf({ organization: observed.organization }, call);
    return (await openIssues(observed.key, scope, observed.project, call)).length === 0 ? 'yes' : 'no';
  },
  render({ state, event, said, next, source: from }) {
    const head = event === undefined ? `${state}: ${said}` : `${state}: event ${event} ${said}`;
    const follow = next === undefined ? [] : ['', nextCall('sentry_issue', { issue: next })];
    return [head, '', renderSource(from), ...follow].join('\n');
  },
});

async function readDsn(scope: Scope, call: SentryCall) {
  const keys = await attempt('client keys', call.backend.usage.keys(scope, call.signal));
  return dsnOf({ scope, keys: keys.value, hint: `${setDsn}.` }, call);
}

/** What was just sent may not be visible yet: it is waited for, or an alert that is over at once would stay open. */
async function issuesToClose(alert: AlertAnywhere, scope: Scope, call: SentryCall): Promise<readonly Issue[]> {
  const look = () => openIssues(alert.key, scope, alert.project, call);
  let open = await look();
  if (open.length > 0 || !(await wasJustSent(alert, call))) return open;
  const until = call.clock.now() + visibleMs;
  while (open.length === 0 && call.clock.now() < until) {
    await call.backend.wait(betweenLooksMs, call.signal);
    open = await look();
  }
  return open;
}

/** Of the project that is sent to: the same alert in another one, as of staging, is another. */
async function openIssues(key: string, scope: Scope, project: string, { backend, signal }: SentryCall) {
  const query = `is:unresolved cinecom.alert:"${key}"`;
  const only = { ...cutTo(scope, [project]), environments: [] };
  return (await backend.issues.search(only, { query, limit: 25 }, signal)).issues;
}
