import { attempt, type Attempt, type NotExamined } from '@cinecom/mcp-core';
import { dominantTag } from '../analysis/causes/dominant-tag.ts';
import type { Evidence, EvidenceKind } from '../analysis/causes/evidence.ts';
import { failingUpstream } from '../analysis/causes/failing-upstream.ts';
import { frequencyStep, stepNote } from '../analysis/causes/frequency-step.ts';
import { missingUpstream } from '../analysis/causes/missing-upstream.ts';
import { rankCauses, type RootCause } from '../analysis/causes/rank.ts';
import { similarIssues } from '../analysis/causes/similar-issues.ts';
import { suspectCommit } from '../analysis/causes/suspect-commit.ts';
import { suspectRelease } from '../analysis/causes/suspect-release.ts';
import { tracedErrors, tracedProjects } from '../analysis/causes/traced-errors.ts';
import { ownFrames, topFrame } from '../analysis/events/shown-event.ts';
import type { Step } from '../analysis/series/find-step.ts';
import { isAllowed, outsideScope } from '../analysis/traces/read-trace.ts';
import type { SentryEvent } from '../model/event.ts';
import type { Issue } from '../model/issue.ts';
import type { CommitFile } from '../model/release.ts';
import type { Scope } from '../model/scope.ts';
import type { Trace } from '../model/trace.ts';
import { deploysOf, isBack, stepOf, tagsOf } from './root-cause-asking.ts';
import type { SentryCall } from './scope.ts';

export interface CauseReading {
  readonly cause: RootCause;
  readonly event: SentryEvent | undefined;
  /** When it began, or began again, UTC ms. */
  readonly onset: number | undefined;
  /** Where its events became many. */
  readonly rise: Step | undefined;
  /** What was seen and is no evidence. */
  readonly remarks: readonly string[];
  readonly missing: readonly NotExamined[];
}

/** What was found of one kind; no value: it could not be looked at. */
interface Look extends Attempt<readonly Evidence[]> {
  readonly kind: EvidenceKind;
}

/** All that speaks for a cause, each part failing alone. */
export async function readCauses(issue: Issue, scope: Scope, call: SentryCall): Promise<CauseReading> {
  const { backend, signal } = call;
  const own = ownScope(issue, scope);
  const [event, step, monitors] = await Promise.all([
    attempt('an event of the issue', backend.issues.event(scope, issue.id, 'latest', signal)),
    stepOf(issue, own, call),
    attempt('failing monitors', backend.monitors.list(scope, signal)),
  ]);
  const rise = step.value !== undefined && step.value.after > step.value.before ? step.value : undefined;
  const onset = isBack(issue) ? (rise?.at ?? issue.firstSeen) : issue.firstSeen;
  const [deploys, tags, trace, similar] = await Promise.all([
    deploysOf(onset, issue, own, call),
    tagsOf(onset, { issue, event: event.value }, own, call),
    traceOf(event.value, scope, call),
    similarTo({ issue, event: event.value }, scope, call),
  ]);
  const release = mapped(deploys, (all) => listOf(suspectRelease({ ...issue, onset }, all)));
  const suspect = release.value?.[0]?.suspect.key ?? issue.firstRelease;
  const files = await filesOf(suspect, own, call);
  const rises =
    step.missing.length > 0 || deploys.value === undefined ? undefined : listOf(stepEvidence(step, deploys));
  const linked = tracedProjects(trace.value);
  const jobs =
    monitors.value === undefined
      ? undefined
      : missingUpstream({ onset, project: issue.project, linked }, monitors.value);
  const looks: readonly Look[] = [
    { kind: 'release', ...release },
    { kind: 'commit', ...mapped(files, (all) => commitEvidence(suspect, all, event.value)) },
    { kind: 'tag', ...mapped(tags, (all) => all.flatMap((one) => (one.isOver ? listOf(tagEvidence(one)) : []))) },
    { kind: 'trace', ...mapped(trace, (found) => listOf(upstreamOf(issue, found, scope))) },
    { kind: 'similar', ...similar },
    { kind: 'step', value: rises, missing: step.missing },
    { kind: 'monitor', value: jobs?.evidence, missing: monitors.missing },
  ];
  const missing = [...event.missing, ...looks.flatMap((look) => look.missing)];
  const examined = looks.filter(({ value }) => value !== undefined).map(({ kind }) => kind);
  const evidence = looks.flatMap(({ value }) => value ?? []);
  return {
    cause: rankCauses(evidence, {
      examined,
      missing,
      notes: step.value === undefined ? {} : { step: stepNote(step.value) },
    }),
    event: event.value,
    onset,
    rise,
    remarks: jobs?.remark === undefined ? [] : [jobs.remark],
    missing,
  };
}

/** What is compared with the issue is its own project. */
function ownScope({ projectId }: Issue, scope: Scope): Scope {
  const projects = scope.projects.filter(({ id }) => id === projectId);
  return projects.length === 0 ? scope : { ...scope, projects, isCut: true };
}

function listOf(evidence: Evidence | undefined): readonly Evidence[] {
  return evidence === undefined ? [] : [evidence];
}

function mapped<Value>(
  { value, missing }: Attempt<Value>,
  evidenceOf: (value: Value) => readonly Evidence[],
): Attempt<readonly Evidence[]> {
  return { value: value === undefined ? undefined : evidenceOf(value), missing };
}

function stepEvidence(
  { value: step }: Awaited<ReturnType<typeof stepOf>>,
  { value: deploys = [] }: Awaited<ReturnType<typeof deploysOf>>,
): Evidence | undefined {
  if (step === undefined) return undefined;
  const anHour = 4; // quarters
  return frequencyStep({ at: step.at, before: step.before * anHour, after: step.after * anHour, p: step.p }, deploys);
}

function commitEvidence(
  version: string | undefined,
  files: readonly CommitFile[],
  event: SentryEvent | undefined,
): readonly Evidence[] {
  if (version === undefined || event === undefined) return [];
  return listOf(suspectCommit(version, files, ownFrames(event)));
}

function tagEvidence({
  key,
  value,
  shareInside,
  shareOutside = 0,
  q = 1,
}: NonNullable<Awaited<ReturnType<typeof tagsOf>>['value']>[number]): Evidence | undefined {
  return dominantTag({ key, value, shareIn: shareInside, shareOut: shareOutside, p: q });
}

/** Of a project outside the scope it is told only that it failed. */
function upstreamOf(issue: Issue, trace: Trace, scope: Scope): Evidence | undefined {
  const allowed = scope.isCut ? new Set(scope.projects.map(({ id }) => id)) : undefined;
  const errors = tracedErrors(trace, issue.projectId).map(({ error, isCalledByUs }) => ({
    error: isAllowed(error.projectId, allowed) ? error : { ...error, project: outsideScope, shortId: undefined },
    isCalledByUs,
  }));
  return failingUpstream({ projectId: issue.projectId, issueId: issue.id }, errors);
}

async function filesOf(
  version: string | undefined,
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<Attempt<readonly CommitFile[]>> {
  if (version === undefined) {
    return { value: undefined, missing: [{ what: 'commits', why: 'the issue has no release to look into' }] };
  }
  const files = await attempt('commits', backend.releases.commitFiles(scope, version, signal));
  if (files.value?.length !== 0) return files;
  return { value: undefined, missing: [{ what: 'commits', why: 'Sentry was told no commits of the release' }] };
}

async function traceOf(
  event: SentryEvent | undefined,
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<Attempt<Trace>> {
  const what = 'earlier failure in the trace';
  const traceId = event?.traceId;
  if (traceId === undefined) return { value: undefined, missing: [{ what, why: 'the event carries no trace' }] };
  return attempt(what, backend.traces.find(scope, traceId, { at: event?.at, eventId: event?.id }, signal));
}

async function similarTo(
  { issue, event }: { readonly issue: Issue; readonly event: SentryEvent | undefined },
  scope: Scope,
  { backend, signal }: SentryCall,
): Promise<Attempt<readonly Evidence[]>> {
  const what = 'similar issues';
  const type = issue.exceptionType;
  const frame = event === undefined ? undefined : topFrame(event);
  const own = { file: issue.file ?? frame?.file, function: issue.function ?? frame?.function };
  // a type is written by outsiders: only what cannot be syntax goes into a query
  if (type === undefined || !/^[\w.$]{1,100}$/.test(type) || own.file === undefined) {
    return { value: undefined, missing: [{ what, why: 'the issue has no plain exception type, or no file' }] };
  }
  const found = await attempt(what, backend.issues.search(scope, { query: `error.type:${type}`, limit: 50 }, signal));
  return mapped(found, ({ issues }) => {
    const others = issues.map((one) => ({ ...one, type: one.exceptionType }));
    return listOf(similarIssues({ shortId: issue.shortId, type, ...own }, others));
  });
}
