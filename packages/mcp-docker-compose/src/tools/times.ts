import { type Clock, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { durationOf, momentOf } from '../analysis/times/read-time.ts';

const longestMs = 7 * 86_400_000;
const forms = 'Forms: 15m, 2h, 3d, or RFC 3339 as 2026-03-01T04:05:06Z; at most 7 d ago.';

const time = z.string().max(40);

/** Beginning of a window. @param byDefault as `15m` */
export const sinceField = (byDefault: string) => time.default(byDefault).describe('or RFC 3339; ≤7 d');
export const untilField = time.optional();

/** UTC ms. */
export interface Window {
  readonly since: number;
  /** As given; undefined = until now. */
  readonly until: number | undefined;
  /** When the window ends. */
  readonly end: number;
}

/** The window that two fields name, each a moment or a time ago. @throws ToolError `invalid_input` naming the field and the forms */
export function windowOf(
  { since: from, until: to }: { readonly since: string; readonly until?: string | undefined },
  { clock }: { readonly clock: Clock },
): Window {
  const now = clock.now();
  const since = momentIn('since', from, now);
  const until = to === undefined ? undefined : Math.min(momentIn('until', to, now), now);
  const end = until ?? now;
  if (since < end) return { since, until, end };
  throw new ToolError('invalid_input', 'since is not before until', { hint: forms });
}

function momentIn(field: string, text: string, now: number): number {
  const ago = durationOf(text);
  const at = ago === undefined ? momentOf(text) : now - ago;
  if (at !== undefined && now - at <= longestMs) return at;
  throw new ToolError('invalid_input', `${field} is no time within the last 7 days`, { hint: forms });
}
