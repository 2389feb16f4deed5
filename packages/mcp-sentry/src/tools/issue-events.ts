import { attempt, count, counted, nextCall, outside, percent, table, timestamp, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { findOverRepresented, type TagVerdict } from '../analysis/tags/find-over-represented.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { shortened } from './issue-rows.ts';
import { readTag } from './issue-events-reading.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { spanOf, windowOf } from './times.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownValues = 5;
const tagName = /^[a-zA-Z_][\w.:-]{0,199}$/;

const eventRow = z.strictObject({
  event: outside(z.string()),
  at: z.string(),
  title: outside(z.string()),
  tags: outside(z.string()),
});

export const issueEvents = defineTool({
  name: 'sentry_issue_events',
  title: 'Events of an issue',
  description:
    'Events of one issue by tag (release, environment, browser, server …), which values it has more often than the rest of its project, latest events.',
  searchHint: 'event tags breakdown affected release browser server イベント 内訳',
  risk: 'read',
  input: z.strictObject({
    issue: z.string().max(300).describe('id, short id or URL'),
    by: z.array(z.string().max(200)).max(5).default(['release', 'environment', 'transaction']).describe('tags'),
    limit: z.int().min(1).max(100).default(20),
    from: z.string().max(40).default('now-7d'),
    to: z.string().max(40).default('now'),
    organization: scopeInput.organization,
    environment: scopeInput.environment,
  }),
  output: z.strictObject({
    issue: outside(z.string()),
    title: outside(z.string()),
    project: outside(z.string()),
    over: z.int(),
    tags: z.array(
      z.strictObject({
        tag: z.string(),
        value: outside(z.string()),
        events: z.string(),
        share: z.string(),
        shareOfRest: z.string(),
        q: z.string(),
        over: z.string(),
      }),
    ),
    events: z.array(eventRow),
    notExamined: z.array(z.strictObject({ what: z.string(), why: z.string() })),
    window: z.string(),
    next: z.string().optional(),
    source,
  }),
  async handle({ issue: reference, by, limit, from, to, ...input }, call) {
    checkTags(by);
    const scope = await scopeOf(input, call);
    const span = spanOf({ from, to }, call);
    const { backend, signal } = call;
    const issue = await backend.issues.find(scope, reference, signal);
    const own = scope.projects.filter(({ id }) => id === issue.projectId);
    const inside = { ...scope, projects: own, isCut: own.length > 0 };
    const [tags, events] = await Promise.all([
      Promise.all(by.map((key) => attempt(`tag ${key}`, readTag(key, issue.id, inside, span, call)))),
      attempt('latest events', backend.issues.events(scope, issue.id, limit, signal)),
    ]);
    const verdicts = findOverRepresented(tags.flatMap(({ value }) => value ?? []));
    const missing = [...tags, events].flatMap((part) => part.missing);
    const next = plainName(issue.shortId);
    return {
      issue: issue.shortId,
      title: shortened(issue.title ?? '–'),
      project: issue.project ?? '–',
      over: verdicts.filter(({ isOver }) => isOver).length,
      tags: by.flatMap((key) =>
        verdicts
          .filter((one) => one.key === key)
          .slice(0, shownValues)
          .map((verdict) => tagRow(verdict, backend.cleaning.byKey)),
      ),
      events: (events.value ?? []).map(({ id, at, title, tags: told }) => ({
        event: id,
        at: at === undefined ? '–' : timestamp(at),
        title: shortened(title ?? '–', 80),
        tags: by.flatMap((key) => (told[key] === undefined ? [] : [`${key} ${told[key]}`])).join(', '),
      })),
      notExamined: missing.map(({ what, why }) => ({ what, why })),
      window: windowOf(span),
      ...(next === undefined ? {} : { next }),
      source: sourceOf(
        backend.url,
        scope.organization,
        `/issues/${encodeURIComponent(issue.id)}/events/`,
        `GET organizations/${scope.organization}/events/, issues/{id}/events/`,
      ),
    };
  },
  render({ issue, title, project, over, tags, events, notExamined, window, next, source: from }) {
    const head = over === 0 ? 'No value is known to be over-represented' : `${counted(over, 'value')} over-represented`;
    return [
      `${head}: ${issue} ${title} (${project})`,
      `Window: ${window}. Over: share ≥1 point above the rest of the project, q ≤0.02 (G-test, exact where counts are small).`,
      `\n${table(tags, ['tag', 'value', 'events', 'share', 'shareOfRest', 'q', 'over'])}`,
      ...eventLines(events),
      ...notExamined.map(({ what, why }) => `Not examined: ${what} (${why})`),
      `\n${renderSource(from)}`,
      ...(next === undefined ? [] : [`\n${nextCall('sentry_root_cause', { issue: next })}`]),
    ].join('\n');
  },
});

type EventRow = z.output<typeof eventRow>;

/** What all events share stands once above them. */
function eventLines(events: readonly EventRow[]): readonly string[] {
  const [first] = events;
  if (first === undefined) return [];
  const told = ['title', 'tags'] as const;
  const shared = told.filter((name) => events.length > 1 && events.every((one) => one[name] === first[name]));
  const columns = ['event' as const, 'at' as const, ...told.filter((name) => !shared.includes(name))];
  const each = shared.map((name) => first[name]).filter(Boolean);
  return [...(each.length === 0 ? [] : [`\nEach event: ${each.join(' ')}`]), '', table(events, columns)];
}

function checkTags(by: readonly string[]): void {
  if (by.every((key) => tagName.test(key))) return;
  throw new ToolError('invalid_input', 'by must be names of tags', {
    hint: 'Letters, digits, . _ : and -, such as release, environment, browser.name, server_name.',
  });
}

function tagRow(
  { key, value, events, shareInside, shareOutside, q, isOver }: TagVerdict,
  byKey: (key: string, value: string) => string,
) {
  return {
    tag: key,
    value: shortened(byKey(key, value), 100),
    events: count(events),
    share: percent(shareInside),
    shareOfRest: shareOutside === undefined ? '–' : percent(shareOutside),
    q: q === undefined ? 'insufficient data' : q < 1e-4 ? '<0.0001' : `${Number(q.toPrecision(2))}`,
    over: isOver ? 'yes' : '',
  };
}
