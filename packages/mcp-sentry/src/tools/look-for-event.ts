import { attempt } from '@cinecom/mcp-core';
import type { Ingest, SeenEvent } from '../model/ingest.ts';
import type { SentryCall } from './scope.ts';

type WatchArguments = Parameters<Ingest['watch']>;

/** Looks for an event that was accepted: that looking fails is told, and fails nothing of what was sent. */
export async function lookFor(
  place: WatchArguments[0],
  options: WatchArguments[1],
  { backend, signal }: SentryCall,
): Promise<{ readonly seen: SeenEvent | undefined; readonly notLooked?: string }> {
  const { value, missing } = await attempt('the event', backend.ingest.watch(place, options, signal));
  signal.throwIfAborted();
  const [failed] = missing;
  return { seen: value, ...(failed === undefined ? {} : { notLooked: failed.why }) };
}
