import { type Clock, ToolError } from '@cinecom/mcp-core';
import { parseDuration, parseSince, parseTime, type Span, type TimeContext, timeForms } from '@cinecom/promql';

interface TimedCall {
  readonly clock: Clock;
  readonly settings: { readonly timezone?: string | undefined };
}

/** What words like "yesterday" mean in this call. */
export function timeContext({ clock, settings }: TimedCall): TimeContext {
  return { now: clock.now(), zone: settings.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** A moment of the input, UTC ms. @throws ToolError `invalid_input` naming the field and the forms */
export function momentOf(field: string, text: string, call: TimedCall): number {
  return momentIn(timeContext(call), field, text, 'start');
}

function momentIn(context: TimeContext, field: string, text: string, edge: 'start' | 'end'): number {
  const at = parseTime(text, context, edge);
  if (at !== undefined) return at;
  throw new ToolError('invalid_input', `${field} is no time that is understood`, { hint: `Forms: ${timeForms}.` });
}

/** The span that a word or a time ago names. @throws ToolError `invalid_input` */
export function sinceOf(field: string, text: string, call: TimedCall): Span {
  const span = parseSince(text, timeContext(call));
  if (span !== undefined) return span;
  throw new ToolError('invalid_input', `${field} is no time in the past that is understood`, {
    hint: `Forms: ${timeForms}.`,
  });
}

/** The span between two fields. @throws ToolError `invalid_input` where it is empty or not understood */
export function spanOf(start: string, end: string, call: TimedCall): Span {
  const context = timeContext(call); // one now for both
  const span = { start: momentIn(context, 'start', start, 'start'), end: momentIn(context, 'end', end, 'end') };
  if (span.start < span.end) return span;
  throw new ToolError('invalid_input', 'start is not before end', { hint: `Forms: ${timeForms}.` });
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
