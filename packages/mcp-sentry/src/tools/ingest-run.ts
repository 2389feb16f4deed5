import { attempt } from '@cinecom/mcp-core';
import { addedDrops, type Drop } from '../analysis/ingest/cause.ts';
import { type IngestJudgement, judgeIngest } from '../analysis/ingest/judge-ingest.ts';
import type { SeenEvent, SendOutcome } from '../model/ingest.ts';
import type { Scope } from '../model/scope.ts';
import type { DsnInUse } from './dsn-of.ts';
import { cleanUp } from './ingest-cleanup.ts';
import { lookFor } from './look-for-event.ts';
import { cutTo, type SentryCall } from './scope.ts';

const hourMs = 3_600_000;

/** All checks of a project fall into one issue. */
export const checkFingerprint = 'cinecom-ingest-check';

/** What a check did and saw. */
export interface IngestRun {
  readonly sent: SendOutcome;
  readonly seen: SeenEvent | undefined;
  readonly judgement: IngestJudgement;
  readonly cleanup: string;
}

/**
 * Sends one event and looks until it can be read, or until what became of it is known otherwise.
 * @param options.waitMs how long it is looked for; @param options.onSent told the id as soon as it left; @param options.onLook told of each look
 */
export async function runIngestCheck(
  { dsn, owner, project }: DsnInUse,
  scope: Scope,
  options: {
    readonly waitMs: number;
    readonly cleanup: boolean;
    readonly onSent: (eventId: string) => void;
    readonly onLook: (passedMs: number) => void;
  },
  call: SentryCall,
): Promise<IngestRun> {
  const { backend, signal } = call;
  const before = await dropsOf(scope, project.id, call);
  const sent = await backend.ingest.send(
    dsn,
    {
      message: 'ingest check of mcp-sentry',
      level: 'info',
      environment: 'ingest-check',
      fingerprint: [checkFingerprint],
      tags: { synthetic: 'true' },
    },
    signal,
  );
  options.onSent(sent.eventId);
  // without an answer it may have arrived all the same
  const mayArrive = sent.statusCode === undefined ? sent.neverLeft !== true : sent.statusCode < 300;
  const place = { organization: scope.organization, project: project.slug, eventId: sent.eventId };
  const look = mayArrive
    ? await lookFor(place, { untilMs: options.waitMs, onLook: options.onLook }, call)
    : { seen: undefined };
  const { seen } = look;
  const [after, filters] =
    seen === undefined
      ? await Promise.all([
          dropsOf(scope, project.id, call),
          attempt('inbound filters', backend.usage.filters(scope, project.slug, signal)),
        ])
      : [before, undefined];
  const judgement = judgeIngest(
    {
      owner,
      send: sent,
      visibleAfterMs: seen?.afterMs,
      waitedMs: options.waitMs,
      notLooked: look.notLooked,
      drops: before === undefined || after === undefined ? undefined : addedDrops(before, after),
      filters: filters?.value,
    },
    project.slug,
  );
  return {
    sent,
    seen,
    judgement,
    cleanup: options.cleanup ? await cleanUp({ seen, project }, scope, call) : 'not asked for',
  };
}

/** What was not accepted in this and the last hour of a project; undefined where it cannot be asked. */
async function dropsOf(
  scope: Scope,
  projectId: string,
  { backend, clock, signal }: SentryCall,
): Promise<readonly Drop[] | undefined> {
  const now = clock.now();
  const { value } = await attempt(
    'outcomes',
    backend.usage.outcomes(
      cutTo(scope, [projectId]),
      {
        groupBy: ['outcome', 'reason'],
        category: 'error',
        interval: '1h',
        span: { start: Math.floor(now / hourMs) * hourMs - hourMs, end: now },
      },
      signal,
    ),
  );
  return value?.counts
    .filter(({ outcome }) => outcome !== undefined && outcome !== 'accepted')
    .map(({ outcome = '', reason, total }) => ({ outcome, reason, total }));
}
