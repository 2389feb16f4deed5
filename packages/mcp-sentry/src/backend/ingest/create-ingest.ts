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
      for (const step of steps()) {
        const left = untilMs - (now() - begun);
        if (left <= 0) return undefined;
        await wait(Math.min(step, left), signal);
        const event = await issues.eventOfProject(organization, project, eventId, signal);
        if (event !== undefined) return { event, afterMs: now() - begun };
        onLook(now() - begun);
      }
      return undefined;
    },
  };
}

/** ms between two looks: often at first, since most events are there within seconds. */
function* steps(): Generator<number> {
  yield* [1000, 2000, 3000];
  for (;;) yield 5000;
}
