import { counted, duration, quote, ToolError } from '@cinecom/mcp-core';
import type { SentryCall } from './scope.ts';
import { sourceOf } from './web-link.ts';

/** It is an event like any other, unlike that of an ingest check. */
export function rulesWarning(environment: string): string {
  const where = environment === '' ? '' : ` without an environment filter, or for ${quote(environment)},`;
  return `alert rules of the project${where} may fire and notify people`;
}

export function notVisible(notLooked: string | undefined): string {
  return notLooked === undefined
    ? 'accepted, not yet visible'
    : `accepted, not yet visible: not looked for, ${notLooked}`;
}

export function resolvedText(asked: number, left: number | undefined): string {
  if (left === undefined)
    return `${counted(asked, 'issue')} asked to be resolved; whether they are could not be looked at`;
  return `${counted(Math.max(0, asked - left), 'issue')} resolved, ${left} still open`;
}

/** A repeat within the minute is fine: its issue is open already. */
export function joined(
  { organization, key }: { readonly organization: string; readonly key: string },
  sinceMs: number,
  { backend }: SentryCall,
) {
  return {
    state: 'firing' as const,
    said: `joined: it was sent ${duration(sinceMs)} ago, and nothing is sent again within a minute`,
    source: sourceOf(backend.url, organization, ofKey(key), 'none: nothing was sent'),
  };
}

/** Where the issues of an alert are listed. */
export function ofKey(key: string): string {
  return `/issues/?query=${encodeURIComponent(`cinecom.alert:"${key}"`)}`;
}

export function lost(status: number | undefined, isLost: boolean): ToolError {
  const answer = status === undefined ? 'there was no answer' : `the answer was ${status}`;
  const what = isLost
    ? status === undefined
      ? 'the event never arrived'
      : `the event was refused with ${status}`
    : `whether the event arrived is not known: ${answer}`;
  return new ToolError('backend_error', what, {
    hint: 'sentry_check_ingest finds the cause.',
    applied: isLost ? 'no' : 'unknown',
  });
}
