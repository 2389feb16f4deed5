import { counted, duration, type NotExamined, timestamp } from '@cinecom/mcp-core';
import type { EventHistory } from '../model/event.ts';

const why =
  'the engine keeps its last 256 events only, none over its own restart, and nothing recorded them: let the daemon run';

/** The parts of a window that no events are known of, as "not examined" tells them. */
export function forgotten(history: EventHistory | undefined, since: number): readonly NotExamined[] {
  const [first, ...others] = history?.gaps ?? [];
  if (first === undefined) return [];
  const isBeginning = first.from <= since;
  const later = isBeginning ? others : [first, ...others];
  const last = later.at(-1);
  const lost = later.reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    ...(isBeginning ? [{ what: `events of the first ${duration(first.to - first.from)} of the window`, why }] : []),
    ...(last === undefined
      ? []
      : [
          {
            what: `events of ${duration(lost)} within the window (${counted(later.length, 'gap')}, the last until ${timestamp(last.to)})`,
            why,
          },
        ]),
  ];
}
