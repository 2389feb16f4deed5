import { isToolError } from '@cinecom/mcp-core';
import type { Ingest } from '../../model/ingest.ts';
import type { Issues } from '../../model/issue.ts';
import type { Retrying } from '../http/retry.ts';
import { sendEvent } from './send-event.ts';

export interface IngestOptions extends Retrying {
  readonly caFile: string | undefined;
  readonly issues: Pick<Issues, 'eventOfProject'>;
}

export function createIngest({ caFile, issues, wait, now }: IngestOptions): Ingest {
  return {
    send: (dsn, event, signal) => sendEvent(dsn, event, caFile, signal),
    async watch({ organization, project, eventId }, { untilMs, onLook }, signal) {
      const begun = now();
      let failure: unknown;
      for (const step of steps()) {
        const left = untilMs - (now() - begun);
        if (left <= 0) break;
        await wait(Math.min(step, left), signal);
        failure = undefined;
        const event = await issues.eventOfProject(organization, project, eventId, signal).catch((error: unknown) => {
          if (signal.aborted || !mayPass(error)) throw error;
          failure = error;
        });
        if (event !== undefined) return { event, afterMs: now() - begun };
        onLook(now() - begun);
      }
      if (failure !== undefined) throw failure;
      return undefined;
    },
  };
}

/** A server in trouble may answer the next look. */
function mayPass(error: unknown): boolean {
  return isToolError(error) && error.code !== 'backend_forbidden' && error.code !== 'backend_auth';
}

/** ms between two looks: often at first, since most events are there within seconds. */
function* steps(): Generator<number> {
  yield* [1000, 2000, 3000];
  for (;;) yield 5000;
}
