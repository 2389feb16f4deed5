import { shownDuration } from '../report/duration.ts';
import type { RunEvent } from '../run/context.ts';
import { safeLine } from '../safe-text.ts';

/** Tells on stderr what happens, each line with the time since the start. */
export function createProgress(write: (text: string) => void, now: () => number): (event: RunEvent) => void {
  const began = now();
  return (event) => write(`[${shownDuration(now() - began).padStart(8)}] ${lineOf(event)}\n`);
}

function lineOf(event: RunEvent): string {
  if (event.kind === 'servers') return `starting ${event.names.join(', ')}`;
  if (event.kind === 'begin') return `${event.step}: begins`;
  if (event.kind === 'progress') return `${event.step}: ${event.message}`;
  const { calls, id, status, verdict } = event.record;
  const error = calls.find((call) => call.error)?.error;
  const why = error === undefined ? '' : `: ${safeLine(error.message, 200)}`;
  const end = status === 'ok' ? (verdict ?? 'done') : status;
  return `${id}: ${end}${why}`;
}
