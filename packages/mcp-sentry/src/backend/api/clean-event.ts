import { hidePerson } from '../../analysis/events/hide-person.ts';
import type { EventRow, SentryEvent } from '../../model/event.ts';
import type { Issue } from '../../model/issue.ts';
import type { Clean } from '../redaction.ts';

/** Versions may look like addresses, and are compared. */
const plainTags = new Set(['release', 'dist', 'sentry:release']);

/** Before anything is cut, since half of a secret is not known for one. */
export function cleanEvent(event: SentryEvent, clean: Clean): SentryEvent {
  const url = maybe(event.request?.url, clean);
  return {
    ...event,
    title: maybe(event.title, clean),
    message: maybe(event.message, clean),
    fingerprints: event.fingerprints.map(clean),
    tags: event.tags.map(({ key, value }) => ({ key, value: cleanTag(key, value, clean) })),
    exceptions: event.exceptions.map((part) => ({
      ...part,
      value: maybe(part.value, clean),
      frames: part.frames.map((frame) => ({ ...frame, source: maybe(frame.source, clean) })),
    })),
    breadcrumbs: event.breadcrumbs.map((crumb) => ({ ...crumb, text: maybe(crumb.text, clean) })),
    request: event.request === undefined ? undefined : { ...event.request, url },
  };
}

export function cleanRow(row: EventRow, clean: Clean): EventRow {
  const tags = Object.entries(row.tags).map(([key, value]) => [key, cleanTag(key, value, clean)] as const);
  return { ...row, title: maybe(row.title, clean), tags: Object.fromEntries(tags) };
}

export function cleanIssue(issue: Issue, clean: Clean): Issue {
  return {
    ...issue,
    title: maybe(issue.title, clean),
    culprit: maybe(issue.culprit, clean),
    exceptionValue: maybe(issue.exceptionValue, clean),
  };
}

export function cleanTag(key: string, value: string, clean: Clean): string {
  return plainTags.has(key) ? value : clean(hidePerson(key, value));
}

function maybe(text: string | undefined, clean: Clean): string | undefined {
  return text === undefined ? undefined : clean(text);
}
