import { type Clock, timestamp, ToolError } from '@cinecom/mcp-core';
import { parseDuration, parseTime, timeForms } from '@cinecom/promql';
import type { Span } from '../model/scope.ts';

const longestMs = 90 * 86_400_000;

interface TimedCall {
  readonly clock: Clock;
  readonly settings: { readonly timezone?: string | undefined };
}

/** Zone of days and of words such as "yesterday". */
export function zoneOf({ settings }: Pick<TimedCall, 'settings'>): string {
  return settings.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The span between the fields `from` and `to`. @throws ToolError `invalid_input` where it is empty, too long or not understood */
export function spanOf({ from, to }: { readonly from: string; readonly to: string }, call: TimedCall): Span {
  const context = { now: call.clock.now(), zone: zoneOf(call) };
  const moment = (field: string, text: string, edge: 'start' | 'end'): number => {
    const at = parseTime(text, context, edge);
    if (at !== undefined) return at;
    throw new ToolError('invalid_input', `${field} is no time that is understood`, { hint: `Forms: ${timeForms}.` });
  };
  const span = { start: moment('from', from, 'start'), end: Math.min(moment('to', to, 'end'), context.now) };
  if (span.start >= span.end) {
    throw new ToolError('invalid_input', 'from is not before to', { hint: `Forms: ${timeForms}.` });
  }
  if (span.end - span.start > longestMs) {
    throw new ToolError('invalid_input', 'from and to are more than 90 d apart', {
      hint: 'Sentry keeps 90 d: ask for less.',
    });
  }
  return span;
}

/** What an answer says of its time. */
export function windowOf({ start, end }: Span): string {
  return `${timestamp(start)} to ${timestamp(end)}`;
}

/**
 * A duration of the input within bounds, ms.
 * @throws ToolError `invalid_input` naming the field and the bounds
 */
export function durationOf(
  field: string,
  text: string,
  bounds: { readonly least: string; readonly most: string },
): number {
  const ms = parseDuration(text);
  const [least, most] = [parseDuration(bounds.least) ?? 0, parseDuration(bounds.most) ?? Infinity];
  if (ms !== undefined && ms >= least && ms <= most) return ms;
  throw new ToolError('invalid_input', `${field} must be a duration from ${bounds.least} to ${bounds.most}`, {
    hint: 'Written as 5m, 12h or 7d.',
  });
}
