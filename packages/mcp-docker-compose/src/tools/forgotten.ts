import { duration, type NotExamined } from '@cinecom/mcp-core';
import type { EventHistory } from '../model/event.ts';

/** The part of a window that the engine remembers no events of, as "not examined" tells it. */
export function forgotten(history: EventHistory | undefined, since: number): readonly NotExamined[] {
  if (history === undefined || history.completeSince <= since) return [];
  const what = `events of the first ${duration(history.completeSince - since)} of the window`;
  return [{ what, why: 'the engine keeps its last 256 events only, and none over its own restart' }];
}
