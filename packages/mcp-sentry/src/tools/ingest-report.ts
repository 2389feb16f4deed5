import { duration, findings, findingsReport, outside, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import type { DsnInUse } from './dsn-of.ts';
import type { IngestRun } from './ingest-run.ts';
import type { SentryCall } from './scope.ts';
import { type Source, source, sourceOf } from './web-link.ts';

export const report = z.strictObject({
  ...findingsReport.shape,
  event: z.string(),
  project: z.string().optional(),
  steps: z.array(outside(z.string())),
  operation: z.string().optional(),
  source,
});
export type Report = z.input<typeof report>;

/** What a check that is over did and saw. */
export function reportOf({ sent, seen, judgement, cleanup }: IngestRun, used: DsnInUse, from: Source): Report {
  const status = sent.statusCode === undefined ? 'no answer' : `status ${sent.statusCode}`;
  return {
    ...findings({
      summary: judgement.summary,
      findings: judgement.findings,
      notExamined: judgement.missing,
      window: `sent ${timestamp(sent.sentAt)}`,
    }),
    event: sent.eventId,
    ...named(used),
    steps: [
      `DSN of ${used.from}: project ${used.project.slug}, key ${keyState(used)}`,
      `sent, ${status} after ${duration(sent.tookMs)}`,
      ...(seen === undefined ? [] : [`visible after ${duration(seen.afterMs)}, event ${sent.eventId}`]),
      ...(judgement.ofOthers.length === 0
        ? []
        : [`dropped meanwhile, of others: ${judgement.ofOthers.slice(0, 8).join(', ')}`]),
      `clean-up: ${cleanup}`,
    ],
    source: from,
  };
}

/** Where its event is seen; else where it is told what became of the events of its project. */
export function ingestSource(
  seen: IngestRun['seen'],
  { dsn, project }: DsnInUse,
  { organization }: Scope,
  { backend }: SentryCall,
): Source {
  const issueId = seen?.event.issueId;
  return sourceOf(
    backend.url,
    organization,
    issueId === undefined ? `/stats/?project=${encodeURIComponent(project.id)}` : `/issues/${issueId}/`,
    `one event to ${dsn.host}; GET projects/${organization}/${project.slug}/events/, stats_v2/`,
  );
}

/** What a later look at the same event has to be told. */
export function named({ project }: DsnInUse): { readonly project?: string } {
  const slug = plainName(project.slug);
  return slug === undefined ? {} : { project: slug };
}

function keyState({ owner }: DsnInUse): string {
  const key = 'key' in owner ? owner.key : undefined;
  return key === undefined ? 'not examined' : key.isActive ? 'active' : 'switched off';
}

/** The call answers before the look is over. */
export function goesOn(
  { operation, event }: { readonly operation: string; readonly event: string },
  used: DsnInUse,
): Omit<Report, 'source'> {
  return {
    ...findings({
      summary: 'not visible yet; the look goes on',
      findings: [],
      notExamined: [
        { what: 'whether the event becomes visible', why: 'the wait is longer than a call', required: true },
      ],
      window: 'now',
    }),
    event,
    ...named(used),
    operation,
    steps: [`DSN of ${used.from}: project ${used.project.slug}, key ${keyState(used)}`],
  };
}
