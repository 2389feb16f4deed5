import {
  attempt,
  findings,
  findingsReport,
  nextCall,
  outside,
  renderFindings,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { releaseBefore } from '../analysis/release/choose-releases.ts';
import type { Commit, Release } from '../model/release.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import { issueColumns, issueRow, issueRowOf, shortened } from './issue-rows.ts';
import { compareReleases } from './release-verdict.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const listed = 30;
const shownIssues = 8;
const shownCommits = 5;

export const release = defineTool({
  name: 'sentry_release',
  title: 'Release verdict',
  description:
    'Whether a release is worse than the one before over equally long time: crashes, errors, new issues, commits; regressed, ok or insufficient and how long to wait.',
  searchHint: 'deploy regression rollback crash free version リリース 回帰',
  risk: 'read',
  input: z.strictObject({
    version: z.string().max(250).default('latest'),
    previous: z.string().max(250).optional().describe('version to compare with'),
    ...scopeInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    release: z.enum(['regressed', 'ok', 'insufficient']),
    reason: z.string(),
    version: outside(z.string()),
    previous: outside(z.string()),
    figures: z.string(),
    newIssues: z.array(issueRow),
    newIssueCount: z.int(),
    commits: z.array(outside(z.string())),
    deploys: z.array(outside(z.string())),
    next: z.string().optional(),
    source,
  }),
  async handle({ version, previous, ...input }, call) {
    const scope = await scopeOf(input, call);
    const { current, before } = await chosen(version, previous, scope, call);
    const { backend, signal } = call;
    const now = call.clock.now();
    const [compared, commits] = await Promise.all([
      compareReleases(current, before, scope, call),
      attempt('commits', backend.releases.commits(scope, current.version, signal)),
    ]);
    const { judged, issues, deploys, window } = compared;
    const next = plainName(issues[0]?.shortId);
    return {
      ...findings({
        summary: `release ${judged.verdict}: ${judged.reason}`,
        findings: judged.findings,
        notExamined: [...judged.missing, ...commits.missing],
        window,
      }),
      release: judged.verdict,
      reason: judged.reason,
      version: current.version,
      previous: before?.version ?? '–',
      figures: judged.figures,
      newIssues: issues.slice(0, shownIssues).map((issue) => issueRowOf(issue, now)),
      newIssueCount: issues.length,
      commits: (commits.value ?? []).slice(0, shownCommits).map(commitText),
      deploys: deploys.slice(0, 5).map(({ environment, finishedAt }) => {
        return `${environment ?? 'unknown'} ${finishedAt === undefined ? '–' : timestamp(finishedAt)}`;
      }),
      ...(next === undefined ? {} : { next }),
      source: sourceOf(
        backend.url,
        scope.organization,
        `/releases/${encodeURIComponent(current.version)}/`,
        `GET organizations/${scope.organization}/releases/, sessions/, events/, issues/`,
      ),
    };
  },
  render({ version, previous, figures, newIssues, newIssueCount, commits, deploys, next, source: from, ...report }) {
    return [
      renderFindings(report),
      `${version} against ${previous}: ${figures}`,
      `New issues: ${newIssueCount}${newIssues.length === 0 ? '' : `\n${table(newIssues, issueColumns)}`}`,
      `Deploys: ${deploys.join(', ') || 'none known'}`,
      `Commits: ${commits.join('; ') || 'none known'}`,
      renderSource(from),
      ...(next === undefined || report.findings.some((one) => one.next)
        ? []
        : [nextCall('sentry_issue', { issue: next })]),
    ].join('\n\n');
  },
});

/** An address cannot be made of half a character, which an answer may hold. */
function wellFormed<One extends Release | undefined>(release: One): One {
  return release === undefined ? release : { ...release, version: release.version.replaceAll(/\p{Surrogate}/gu, '�') };
}

async function chosen(version: string, previous: string | undefined, scope: Scope, { backend, signal }: SentryCall) {
  const releases = (await backend.releases.list(scope, { limit: listed }, signal)).map(wellFormed);
  const current = version === 'latest' ? releases[0] : wellFormed(await backend.releases.find(scope, version, signal));
  if (current === undefined) {
    throw new ToolError('backend_not_found', 'Sentry knows no release of these projects and environments', {
      hint: 'Set the release in the SDK of the service, or leave environment out.',
    });
  }
  if (previous === current.version) {
    throw new ToolError('invalid_input', 'previous is the same release as version', { hint: 'Leave previous out.' });
  }
  const before =
    previous === undefined ? releaseBefore(releases, current) : await backend.releases.find(scope, previous, signal);
  return { current, before };
}

function commitText({ id, message, author }: Commit): string {
  const [line = ''] = (message ?? '–').split('\n');
  return `${id.slice(0, 8)} ${shortened(line, 80)}${author === undefined ? '' : ` (${author})`}`;
}
