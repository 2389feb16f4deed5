import { attempt, count, duration, nextCall, outside, percent, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { shownEvent, type ShownEvent } from '../analysis/events/shown-event.ts';
import type { SentryEvent } from '../model/event.ts';
import type { Issue } from '../model/issue.ts';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { readEvent } from './issue-event-reading.ts';
import { agoOf, stateOf } from './issue-rows.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const text = outside(z.string());

export const issue = defineTool({
  name: 'sentry_issue',
  title: 'One issue',
  description:
    'One issue with an event: exception chain, own stack frames with source, breadcrumbs, tags, first and last release, owners, external links, trace id and replay. By short id, id or address.',
  searchHint: 'exception stack trace error details bug crash event breadcrumbs スタックトレース 例外 詳細',
  risk: 'read',
  input: z.strictObject({
    issue: z.string().min(1).max(300).describe('MOVIE-SERVICE-1A, 4711 or its address'),
    event: z
      .string()
      .regex(/^(recommended|latest|oldest|[0-9a-f]{32})$/, 'expected recommended, latest, oldest or an event id')
      .default('recommended'),
    organization: scopeInput.organization,
    environment: scopeInput.environment,
  }),
  output: z.strictObject({
    issue: text,
    facts: z.array(text),
    event: z.array(text),
    exceptions: z.array(text),
    frames: z.array(z.strictObject({ where: text, function: text, source: text })),
    breadcrumbs: z.array(z.strictObject({ at: z.string(), what: text, text })),
    tags: z.array(text),
    links: z.array(text),
    cut: z.array(z.string()),
    next: z.string().optional(),
    source,
  }),
  async handle({ issue: reference, event: which, ...input }, call) {
    const scope = await scopeOf(input, call);
    const { backend, signal, clock } = call;
    const found = await backend.issues.find(scope, reference, signal);
    const [answer, links] = await Promise.all([
      readEvent(scope, found.id, which, call),
      attempt('external links', backend.issues.externalLinks(scope, found.id, signal)),
    ]);
    const event = typeof answer === 'string' ? undefined : answer;
    const shown = event === undefined ? undefined : shownEvent(event);
    const now = clock.now();
    return {
      issue: `${found.shortId} ${found.title ?? ''}`,
      facts: factsOf(found, now),
      event: typeof answer === 'string' ? [answer] : eventParts(answer, now),
      exceptions: (shown?.exceptions ?? []).map(
        ({ type, value, handled }) => `${type}: ${value}${handled === false ? ' (unhandled)' : ''}`,
      ),
      frames: (shown?.frames ?? []).map(({ where, function: name, source: line }) => ({
        where,
        function: name,
        source: line ?? '',
      })),
      breadcrumbs: (shown?.breadcrumbs ?? []).map(({ at, what, text: said }) => ({
        at: at === undefined || event?.at === undefined ? '' : `${duration(Math.max(0, event.at - at))} before`,
        what,
        text: said,
      })),
      tags: (shown?.tags ?? []).map(({ key, value }) => `${key}=${value}`),
      links: (links.value ?? []).map(({ name, url }) => `${name} ${url}`),
      cut: [...cutOf(shown), ...links.missing.map(({ what, why }) => `Not examined: ${what} (${why})`)],
      ...(plainName(found.shortId) === undefined ? {} : { next: plainName(found.shortId) }),
      source: sourceOf(
        backend.url,
        scope.organization,
        `/issues/${found.id}/`,
        `GET organizations/${scope.organization}/issues/${found.id}/events/${which}/`,
      ),
    };
  },
  render(output) {
    const part = (title: string, lines: readonly string[]): readonly string[] =>
      lines.length === 0 ? [] : ['', title, ...lines];
    const rows = (title: string, list: readonly object[], columns: readonly string[]): readonly string[] =>
      list.length === 0 ? [] : ['', title, table(list as readonly Record<string, string>[], columns)];
    return [
      output.issue,
      ...output.facts,
      ...output.cut,
      '',
      `Event ${output.event.join(' ')}`,
      ...output.exceptions,
      ...rows('Own frames, innermost first:', output.frames, ['where', 'function', 'source']),
      ...rows('Before it:', output.breadcrumbs, ['at', 'what', 'text']),
      ...part('Tags:', output.tags.length === 0 ? [] : [output.tags.join(' ')]),
      ...part('Links:', output.links),
      '',
      renderSource(output.source),
      ...(output.next === undefined ? [] : ['', nextCall('sentry_root_cause', { issue: output.next })]),
    ].join('\n');
  },
});

/** Which event, and what leads from it to logs, traces and replays. */
function eventParts({ id, at, release, traceId, replayId, request }: SentryEvent, now: number): string[] {
  return [
    id,
    ...(at === undefined ? [] : [`${timestamp(at)}, ${agoOf(at, now)}`]),
    ...(release === undefined ? [] : [`release ${release}`]),
    ...(traceId === undefined ? [] : [`trace ${traceId}`]),
    ...(replayId === undefined ? [] : [`replay ${replayId}`]),
    ...(request === undefined ? [] : [`${request.method ?? ''} ${request.url ?? ''}`.trim()]),
  ].filter((text) => text !== '');
}

function factsOf(found: Issue, now: number): string[] {
  const { level, priority, project, platform, events, users, firstSeen, lastSeen, firstRelease, lastRelease } = found;
  return [
    `${stateOf(found)}; level ${level ?? '–'}, priority ${priority ?? '–'}; project ${project ?? '–'} (${platform ?? '–'})`,
    `${events === undefined ? '–' : count(events)} events, ${users === undefined ? '–' : count(users)} users; first ${agoOf(firstSeen, now)}, last ${agoOf(lastSeen, now)}`,
    `Releases: first ${firstRelease ?? '–'}, last ${lastRelease ?? '–'}`,
    `Assigned to ${found.assignee ?? 'nobody'}${found.owners.length === 0 ? '' : `; owners ${found.owners.slice(0, 5).join(', ')}`}`,
    ...(found.culprit === undefined ? [] : [`In ${found.culprit}`]),
  ];
}

function cutOf(shown: ShownEvent | undefined): string[] {
  if (shown === undefined) return [];
  const { totals } = shown;
  const of = (name: string, is: number, all: number): readonly string[] =>
    is < all ? [`${name}: ${is} of ${all} (${percent(is / all)})`] : [];
  const parts = [
    ...of('frames', shown.frames.length, totals.frames),
    ...of('breadcrumbs', shown.breadcrumbs.length, totals.breadcrumbs),
    ...of('tags', shown.tags.length, totals.tags),
    ...of('exceptions', shown.exceptions.length, totals.exceptions),
  ];
  return parts.length === 0 ? [] : [`Shown: ${parts.join('; ')}.`];
}
