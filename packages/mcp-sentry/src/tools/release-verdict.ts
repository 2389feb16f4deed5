import { attempt, counted, duration, type Finding, type NotExamined, timestamp } from '@cinecom/mcp-core';
import { type ExposureWindows, exposureWindows } from '../analysis/release/exposure-windows.ts';
import { figuresOf, graveIssueFindings, rateFindings } from '../analysis/release/judge-findings.ts';
import { wholeHours } from '../analysis/whole-hours.ts';
import { sharedProjects } from '../analysis/release/shared-projects.ts';
import { judgeRelease } from '../analysis/release/judge-release.ts';
import type { ReleaseVerdict } from '../analysis/release/release-sample.ts';
import type { Issue } from '../model/issue.ts';
import type { Deploy, Release } from '../model/release.ts';
import type { Project, Scope, Span } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { readDispersion, readRelease, releaseTerm } from './release-reading.ts';
import type { SentryCall } from './scope.ts';

/** A release beside the one before it. */
export interface ComparedRelease {
  readonly judged: Judged;
  /** First seen in it, those of most users first. */
  readonly issues: readonly Issue[];
  readonly deploys: readonly Deploy[];
  /** What was compared, in words. */
  readonly window: string;
}

/** Reads what both releases did over equally long spans, and judges. @param before undefined: there is none to compare with */
export async function compareReleases(
  current: Release,
  before: Release | undefined,
  asked: Scope,
  call: SentryCall,
): Promise<ComparedRelease> {
  const { backend, signal } = call;
  const { shared, others } = sharedProjects(asked.projects, current, before ?? current);
  const scope = others.length === 0 || shared.length === 0 ? asked : { ...asked, projects: shared, isCut: true };
  const [deploys, deploysBefore, newIssues] = await Promise.all([
    attempt('deploys', backend.releases.deploys(scope, current.version, signal)),
    before === undefined
      ? undefined
      : attempt('deploys before', backend.releases.deploys(scope, before.version, signal)),
    attempt('new issues', newIssuesOf(current, scope, call), { required: true }),
  ]);
  const windows =
    before === undefined
      ? 'there is no release before it to compare with'
      : shared.length === 0
        ? 'no project has both releases'
        : exposureWindows(
            { release: current, deploys: deploys.value ?? [] },
            { release: before, deploys: deploysBefore?.value ?? [] },
            scope.environments,
            call.clock.now(),
          );
  const issues = newIssues.value ?? [];
  const judged = await judge(current, before, windows, issues, scope, call);
  return {
    judged: {
      ...judged,
      missing: [
        ...judged.missing,
        ...oneSided(shared, others),
        ...[deploys, deploysBefore, newIssues].flatMap((part) => part?.missing ?? []),
      ],
    },
    issues,
    deploys: deploys.value ?? [],
    window: typeof windows === 'string' ? 'none' : windowText(windows, judged.isBySession === true),
  };
}

/** Not told where nothing was compared. */
function oneSided(shared: readonly Project[], others: readonly Project[]): readonly NotExamined[] {
  if (shared.length === 0 || others.length === 0) return [];
  const names = others.flatMap(({ slug }) => plainName(slug) ?? []).slice(0, shownProjects);
  const more = others.length - names.length;
  const which = [...names, ...(more === 0 ? [] : [`${more} more`])].join(', ');
  return [{ what: `${counted(others.length, 'project')} with one of the two releases only`, why: which }];
}

async function newIssuesOf(
  { version }: Release,
  scope: Scope,
  { backend, clock, signal }: SentryCall,
): Promise<readonly Issue[]> {
  const query = releaseTerm('firstRelease', version);
  const { issues } = await backend.issues.search(scope, { query, sort: 'freq', limit: 100 }, signal);
  return issues
    .filter(({ firstSeen }) => firstSeen === undefined || firstSeen <= clock.now())
    .toSorted((a, b) => (b.users ?? 0) - (a.users ?? 0));
}

const shownProjects = 5;
const hourMs = 3_600_000;

/** Most users first; the others are in the list of new issues. */
const shownGrave = 5;

export interface Judged extends Pick<ReleaseVerdict, 'verdict' | 'reason'> {
  readonly figures: string;
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  /** Sessions decided, which Sentry counts by whole hours. */
  readonly isBySession?: boolean;
}

async function judge(
  current: Release,
  before: Release | undefined,
  windows: ExposureWindows | string,
  issues: readonly Issue[],
  scope: Scope,
  call: SentryCall,
): Promise<Judged> {
  const grave = graveIssueFindings(issues, plainName).slice(0, shownGrave);
  if (before === undefined || typeof windows === 'string') {
    const why = typeof windows === 'string' ? windows : '';
    const missing = [{ what: 'comparison', why, required: true }];
    return grave.length === 0
      ? { verdict: 'insufficient', reason: why, figures: 'not compared', findings: [], missing }
      : {
          verdict: 'regressed',
          reason: `a new unhandled issue; ${why}`,
          figures: 'not compared',
          findings: grave,
          missing,
        };
  }
  const [now, earlier, dispersion] = await Promise.all([
    readRelease(current, scope, windows.now, call),
    readRelease(before, scope, windows.before, call),
    attempt('bursts of errors', readDispersion(before, scope, windows.before, call)),
  ]);
  const verdict = judgeRelease(now.sample, earlier.sample, {
    newUnhandledUsers: issues.flatMap(({ isUnhandled, users }) => (isUnhandled === true ? [users ?? 0] : [])),
    dispersion: dispersion.value,
  });
  const isShort = verdict.verdict === 'insufficient';
  return {
    verdict: verdict.verdict,
    reason: verdict.reason,
    figures: figuresOf(verdict),
    isBySession: verdict.measure === 'crashes per session',
    findings: [...grave, ...rateFindings(current.version, verdict)],
    missing: [
      ...(isShort ? [{ what: 'verdict', why: `insufficient data: ${verdict.reason}`, required: true }] : []),
      ...now.missing,
      ...earlier.missing.filter(({ what }) => now.missing.every((part) => part.what !== what)),
      ...dispersion.missing,
    ],
  };
}

function windowText({ now, before, start, startBefore, isCut }: ExposureWindows, isBySession: boolean): string {
  const by = `${timestamp(start.at)} (${start.by}) against ${timestamp(startBefore.at)} (${startBefore.by})`;
  const length = `first ${duration(now.end - now.start)} of both releases, from ${by}`;
  const hours = isBySession ? hoursText(now, before) : '';
  return `${length}${isCut ? '; cut to the life of the one before' : ''}${hours}`;
}

/** What was compared where sessions are of more time than the release. */
function hoursText(now: Span, before: Span): string {
  const isWhole = [now.start, now.end, before.start, before.end].every((at) => at % hourMs === 0);
  const text = (span: Span): string => {
    const { start, end } = wholeHours(span);
    return `${timestamp(start)} to ${timestamp(end)}`;
  };
  return isWhole ? '' : `; sessions by whole hours: ${text(now)} against ${text(before)}`;
}
