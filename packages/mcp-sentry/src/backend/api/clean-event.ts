import type { EventRow, SentryEvent } from '../../model/event.ts';
import type { Issue } from '../../model/issue.ts';
import type { Clean, Cleaning } from '../redaction.ts';

/** Before anything is cut, since half of a secret is not known for one. */
export function cleanEvent(event: SentryEvent, { personal: clean, byKey }: Cleaning): SentryEvent {
  const url = maybe(event.request?.url, clean);
  return {
    ...event,
    title: maybe(event.title, clean),
    message: maybe(event.message, clean),
    fingerprints: event.fingerprints.map(clean),
    tags: event.tags.map(({ key, value }) => ({ key, value: byKey(key, value) })),
    exceptions: event.exceptions.map((part) => ({
      ...part,
      value: maybe(part.value, clean),
      frames: part.frames.map((frame) => ({ ...frame, source: maybe(frame.source, clean) })),
    })),
    breadcrumbs: event.breadcrumbs.map((crumb) => ({ ...crumb, text: maybe(crumb.text, clean) })),
    request: event.request === undefined ? undefined : { ...event.request, url },
  };
}

export function cleanRow(row: EventRow, { personal: clean, byKey }: Cleaning): EventRow {
  const tags = Object.entries(row.tags).map(([key, value]) => [key, byKey(key, value)] as const);
  return { ...row, title: maybe(row.title, clean), tags: Object.fromEntries(tags) };
}

export function cleanIssue(issue: Issue, { personal: clean }: Cleaning): Issue {
  return {
    ...issue,
    title: maybe(issue.title, clean),
    culprit: maybe(issue.culprit, clean),
    exceptionValue: maybe(issue.exceptionValue, clean),
  };
}

function maybe(text: string | undefined, clean: Clean): string | undefined {
  return text === undefined ? undefined : clean(text);
}
