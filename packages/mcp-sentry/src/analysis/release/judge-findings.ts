import { count, counted, duration, type Finding } from '@cinecom/mcp-core';
import { cut } from '../../text/index.ts';
import type { Issue } from '../../model/issue.ts';
import { releaseLimits } from './judge-release.ts';
import type { ReleaseVerdict } from './release-sample.ts';

const criticalRatio = 3;

const graveUsers = 10;

/**
 * A finding for each new unhandled issue that ten users met: it is one whatever the rates say.
 *
 * @param nameOf the name where it is plain, else undefined
 */
export function graveIssueFindings(
  newIssues: readonly Issue[],
  nameOf: (text: string | undefined) => string | undefined,
): readonly Finding[] {
  return newIssues
    .filter((issue) => issue.isUnhandled === true && (issue.users ?? 0) >= graveUsers)
    .map((issue): Finding => {
      const shortId = nameOf(issue.shortId);
      return {
        id: 'release_new_issue',
        severity: 'critical',
        object: `${issue.shortId} ${cut(issue.title ?? '', 80)}`.trim(),
        evidence: `new, unhandled, ${counted(issue.users ?? 0, 'user')}, ${counted(issue.events ?? 0, 'event')}`,
        threshold: 'no new unhandled issue with 10 users',
        fix: 'Roll back or repair; find its cause first',
        ...(shortId === undefined ? {} : { next: { tool: 'sentry_root_cause', args: { issue: shortId } } }),
      };
    });
}

/** A finding where the rate rose: warning, critical from 3× on. */
export function rateFindings(version: string, verdict: ReleaseVerdict): readonly Finding[] {
  const isHigher = verdict.verdict === 'regressed' && verdict.q <= releaseLimits.q;
  return isHigher && (verdict.ratio ?? Infinity) >= releaseLimits.ratio ? [rateFinding(version, verdict)] : [];
}

function rateFinding(version: string, verdict: ReleaseVerdict): Finding {
  return {
    id: 'release_regressed',
    severity: (verdict.ratio ?? Infinity) >= criticalRatio ? 'critical' : 'warning',
    object: version,
    evidence: figuresOf(verdict),
    threshold: 'below ×1.5, or q >0.01',
    fix: 'Compare new issues and commits; roll back where users are hit',
  };
}

/** `60 of 3,000 sessions after 20 of 3,000, ×3 (95 %: 1.81 to 4.98), q <0.0001`. */
export function figuresOf(verdict: ReleaseVerdict): string {
  const { events, exposure, eventsBefore, exposureBefore, ratio, ratioLow, ratioHigh, q } = verdict;
  const side = (of: number, all: number): string => {
    if (verdict.measure === 'crashes per session') return `${count(of)} crashed of ${counted(all, 'session')}`;
    if (verdict.measure === 'errors per span') return `${counted(of, 'error')} on ${counted(all, 'span')}`;
    return `${counted(of, 'error')} in ${duration(all * 3_600_000)}`;
  };
  const range = `95 %: ${ratioLow.toFixed(2)} to ${ratioHigh === undefined ? 'any' : ratioHigh.toFixed(2)}`;
  const times = ratio === undefined ? 'none before' : `×${Number(ratio.toPrecision(3))} (${range})`;
  const sureness = q < 1e-4 ? '<0.0001' : `${Number(q.toPrecision(2))}`;
  return `${side(events, exposure)} after ${side(eventsBefore, exposureBefore)}, ${times}, q ${sureness}`;
}
