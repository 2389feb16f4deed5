import { nextCall, outside, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Suspect } from '../analysis/causes/evidence.ts';
import type { Issue } from '../model/issue.ts';
import { defineTool } from '../tool.ts';
import { plainName, plainVersion } from '../text/index.ts';
import { shortened, stateOf } from './issue-rows.ts';
import { riseText } from '../analysis/causes/frequency-step.ts';
import { type CauseReading, readCauses } from './root-cause-reading.ts';
import { scopeInput, scopeOf } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

const shownHypotheses = 6;
const hourMs = 3_600_000;

export const rootCause = defineTool({
  name: 'sentry_root_cause',
  title: 'Root cause',
  description:
    'Why does this issue happen: ranked hypotheses with evidence and no language model: release or commit, tag, failing upstream in the trace, similar issues, step at a deploy, dead monitor; what would decide.',
  searchHint: 'root cause why error suspect commit deploy regression evidence hypothesis 根本原因 原因 調査',
  risk: 'read',
  input: z.strictObject({
    issue: z.string().min(1).max(300).describe('short id, id or address'),
    organization: scopeInput.organization,
    environment: scopeInput.environment,
  }),
  output: z.strictObject({
    verdict: z.enum(['likely', 'possible', 'unknown']),
    issue: outside(z.string()),
    title: outside(z.string()),
    state: outside(z.string()),
    firstSeen: z.string(),
    rise: z.string(),
    began: z.string().describe('what causes are sought before'),
    hypotheses: z.array(
      z.strictObject({
        rank: z.int(),
        cause: z.string(),
        suspect: outside(z.string()),
        confidence: z.enum(['likely', 'possible']),
        score: z.int(),
        decide: z.string(),
      }),
    ),
    evidence: z.array(
      z.strictObject({ rank: z.int(), kind: z.string(), score: z.string(), evidence: outside(z.string()) }),
    ),
    silent: z.array(z.string()),
    remarks: z.array(outside(z.string())),
    notExamined: z.array(z.strictObject({ what: z.string(), why: z.string() })),
    decide: z.array(z.string()),
    hidden: z.int(),
    traceId: z.string().optional(),
    next: z.strictObject({ tool: z.string(), args: z.record(z.string(), z.string()) }),
    source,
  }),
  async handle({ issue: reference, ...input }, call) {
    const scope = await scopeOf(input, call);
    const issue = await call.backend.issues.find(scope, reference, call.signal);
    const read = await readCauses(issue, scope, call);
    const { cause } = read;
    const shown = cause.hypotheses.slice(0, shownHypotheses);
    const traceId = plainName(read.event?.traceId);
    return {
      verdict: cause.verdict,
      issue: issue.shortId,
      title: shortened(issue.title ?? ''),
      state: stateOf(issue),
      firstSeen: issue.firstSeen === undefined ? 'unknown' : timestamp(issue.firstSeen),
      rise: read.rise !== undefined && isApart(read.rise.at, issue.firstSeen) ? riseText(read.rise) : '',
      began: read.onset === undefined ? 'unknown' : timestamp(read.onset),
      ...rowsOf(shown),
      silent: [...cause.silent],
      remarks: [...read.remarks],
      notExamined: read.missing.map(({ what, why }) => ({ what, why })),
      decide: cause.hypotheses.length > 0 ? [] : cause.decide.slice(-1),
      hidden: cause.hypotheses.length - shown.length,
      ...(traceId === undefined ? {} : { traceId }),
      next: nextOf(issue, read),
      source: sourceOf(
        call.backend.url,
        scope.organization,
        `/issues/${issue.id}/`,
        `GET organizations/${scope.organization}/issues/${issue.id}/ with events, releases, trace, monitors`,
      ),
    };
  },
  render(report) {
    const [first] = report.hypotheses;
    const head =
      first === undefined
        ? `UNKNOWN: nothing speaks for a cause of ${report.issue}`
        : `${report.verdict.toUpperCase()}: ${first.cause} ${first.suspect} (score ${first.score})`;
    const looked = [
      ...(report.silent.length === 0 ? [] : [`Looked at, says nothing: ${report.silent.join(', ')}`]),
      ...report.remarks.map((remark) => `Beside it: ${remark}`),
      ...(report.notExamined.length === 0
        ? []
        : [`Not examined: ${report.notExamined.map(({ what, why }) => `${what} (${why})`).join('; ')}`]),
      ...(report.hidden === 0 ? [] : [`${report.hidden} weaker hypotheses not shown.`]),
    ];
    const decide = [...new Set(report.hypotheses.slice(0, 2).map((one) => one.decide)), ...report.decide];
    return [
      `${head}\n${report.issue} ${report.title}, ${report.state}, ${beginningOf(report)}`,
      ...(first === undefined
        ? []
        : [
            table(report.hypotheses, ['rank', 'cause', 'suspect', 'confidence', 'score']),
            table(report.evidence, ['rank', 'kind', 'score', 'evidence']),
          ]),
      looked.join('\n'),
      `Likely: at least two independent kinds of evidence; possible: one.\nWould decide: ${decide.join('; ')}`,
      `${renderSource(report.source)}${report.traceId === undefined ? '' : `\nTrace: ${report.traceId}`}`,
      nextCall(report.next.tool, report.next.args),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  },
});

function rowsOf(shown: CauseReading['cause']['hypotheses']) {
  return {
    hypotheses: shown.map(({ suspect, confidence, score, decide }, index) => ({
      rank: index + 1,
      cause: causes[suspect.kind],
      suspect: shortened(suspect.key),
      confidence,
      score,
      decide,
    })),
    evidence: shown.flatMap(({ evidence }, index) =>
      evidence.map(({ kind, score, words }) => ({
        rank: index + 1,
        kind,
        score: `${score} of 3`,
        evidence: words,
      })),
    ),
  };
}

const causes: Readonly<Record<Suspect['kind'], string>> = {
  release: 'the release',
  upstream: 'a failing upstream:',
  condition: 'what is special about',
  code: 'a known fault in',
  job: 'a job that does not run:',
};

/** What decides, never what led here. */
function nextOf(issue: Issue, { cause, event }: CauseReading): { tool: string; args: Record<string, string> } {
  const name = plainName(issue.shortId) ?? issue.id;
  const [first] = cause.hypotheses;
  const version = plainVersion(first?.suspect.key);
  const traceId = plainName(event?.traceId);
  const other = plainName(first?.evidence.find((one) => one.other !== undefined)?.other);
  if (first?.suspect.kind === 'release' && version !== undefined) return { tool: 'sentry_release', args: { version } };
  if (first?.suspect.kind === 'condition') return { tool: 'sentry_issue_events', args: { issue: name } };
  if (first?.suspect.kind === 'job') return { tool: 'sentry_monitors', args: {} };
  if (first?.suspect.kind === 'code' && other !== undefined) return { tool: 'sentry_issue', args: { issue: other } };
  if (traceId !== undefined) return { tool: 'sentry_trace', args: { trace: traceId } };
  return { tool: 'sentry_seer_state', args: { issue: name } };
}

/** A rise soon after the first event is the same beginning. */
function isApart(rise: number, firstSeen: number | undefined): boolean {
  return firstSeen === undefined || Math.abs(rise - firstSeen) > hourMs;
}

function beginningOf({
  firstSeen,
  rise,
  began,
}: {
  readonly firstSeen: string;
  readonly rise: string;
  readonly began: string;
}): string {
  const start = began === firstSeen ? '' : ': causes are sought before that';
  return `first seen ${firstSeen}${rise === '' ? '' : `, ${rise}${start}`}`;
}
