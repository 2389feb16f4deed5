import type { Scope } from '../model/scope.ts';
import { source, type Source, sourceOf } from './web-link.ts';
import { outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import { cut, plainName } from '../text/index.ts';
import { nextStep } from '../analysis/seer/next-step.ts';
import { readState } from '../analysis/seer/state.ts';
import type { Issue } from '../model/issue.ts';
import type { SeerRun } from '../model/seer.ts';
import { agoOf } from './issue-rows.ts';
import type { SentryCall } from './scope.ts';

const longestText = 5000;

/** Where Seer stands with an issue. */
export const seerState = z.strictObject({
  issue: outside(z.string()),
  status: outside(z.string()).describe('as Seer tells it'),
  phase: z.enum(['none', 'absent', 'processing', 'waiting', 'completed', 'error', 'cancelled', 'other']),
  updated: z.string(),
  waitsFor: z.string(),
  question: outside(z.string()),
  steps: z.array(z.strictObject({ step: outside(z.string()), status: outside(z.string()) })),
  text: outside(z.string()),
  pullRequests: z.array(outside(z.string())),
  pullRequestError: outside(z.string()),
  runId: z.string().optional(),
  lookAgainSeconds: z.int().optional(),
  nextStep: z.string().optional(),
  plain: z.string().optional().describe('issue for the next call'),
  notes: z.array(z.string()),
  source,
});
export type SeerState = z.input<typeof seerState>;

/** @param run undefined where there is none yet */
export function seerStateOf(issue: Issue, run: SeerRun | undefined, scope: Scope, call: SentryCall): SeerState {
  const now = call.clock.now();
  const reading = readState(run, now);
  const next = nextStep(run, call.settings.seerCodeChanges, now);
  const plain = plainName(issue.shortId);
  const runId = plainName(run?.runId);
  return {
    issue: issue.shortId,
    status: run?.status ?? 'none',
    phase: reading.phase,
    updated: agoOf(run?.updatedAt, now),
    waitsFor: reading.waitsFor ?? '',
    question: run?.question ?? '',
    steps: (run?.steps ?? [])
      .slice(-12)
      .map(({ key, title, status }) => ({ step: title ?? key, status: status ?? 'unknown' })),
    text: cut(run?.text ?? '', longestText),
    pullRequests: [...(run?.pullRequests ?? [])].slice(0, 10),
    pullRequestError: cut(run?.pullRequestError ?? '', 200),
    ...(runId === undefined ? {} : { runId }),
    ...(reading.lookAgainSeconds === undefined ? {} : { lookAgainSeconds: reading.lookAgainSeconds }),
    ...(next === undefined ? {} : { nextStep: next }),
    ...(plain === undefined ? {} : { plain }),
    notes: [
      ...(reading.isStale ? ['Nothing was heard of this run for more than 15 min: it may be started anew.'] : []),
      ...((run?.text?.length ?? 0) > longestText ? [`Text cut at ${longestText} characters.`] : []),
    ],
    source: seerSource(issue, scope, call),
  };
}

/** Where Seer is absent, off or not for such issues. */
export function absentSeer(issue: Issue, note: string, scope: Scope, call: SentryCall): SeerState {
  const plain = plainName(issue.shortId);
  return {
    issue: issue.shortId,
    status: 'absent',
    phase: 'absent',
    updated: '–',
    waitsFor: '',
    question: '',
    steps: [],
    text: '',
    pullRequests: [],
    pullRequestError: '',
    ...(plain === undefined ? {} : { plain }),
    notes: [note],
    source: seerSource(issue, scope, call),
  };
}

/** @param id of the issue */
export function seerSource(
  { id }: Pick<Issue, 'id'>,
  { organization }: Pick<Scope, 'organization'>,
  { backend }: SentryCall,
  method: 'GET' | 'POST' = 'GET',
): Source {
  const api = `${method} organizations/${organization}/issues/${id}/autofix/`;
  return sourceOf(backend.url, organization, `/issues/${id}/?seerDrawer=true`, api);
}

/** Why Seer has nothing to say of this kind of issue; undefined where it may. */
export function noSeerFor({ issueCategory, issueType }: Issue): string | undefined {
  if (issueCategory !== 'metric' && issueType !== 'metric_issue') return undefined;
  return 'Seer has no run for metric issues: they have no event to look at.';
}
