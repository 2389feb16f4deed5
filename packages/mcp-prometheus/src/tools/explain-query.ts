import {
  attempt,
  counted,
  type Finding,
  finding,
  findings,
  type FindingsReport,
  findingsReport,
  nextCall,
  outside,
  renderFindings,
  timestamp,
} from '@cinecom/mcp-core';
import {
  appliesTo,
  type CheckedQuery,
  checkQuery,
  type LintFacts,
  selectorsOf,
  printSelector,
  withoutTime,
  metricOf,
  parseQuery,
} from '@cinecom/promql';
import * as z from 'zod';
import {
  diagnosisFindings,
  habitFindings,
  problemFindings,
  rejectionFinding,
  variableFindings,
} from '../analysis/explain/judge-query.ts';
import { defineTool } from '../tool.ts';
import { type Asking, createAsking } from './asking.ts';
import { momentOf } from './times.ts';
import { serverOpinion } from './server-opinion.ts';
import { type WhyEmpty, whyEmpty } from './why-empty.ts';

const mostQuestions = 30;

export const explainQuery = defineTool({
  name: 'prom_explain_query',
  title: 'Explain a query',
  description:
    'Why a PromQL query is wrong, slow or empty: type check, lint, cost, and the very matcher, label, target, window or side that makes it return no data, with the right value.',
  searchHint: 'promql no data empty result why query wrong syntax typo matcher cost クエリ 空 データなし 原因',
  risk: 'read',
  input: z.strictObject({
    query: z.string().min(1).max(8000).describe('PromQL'),
    at: z.string().max(40).optional().describe('moment; default now'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ fix: outside(z.string()) })),
    formatted: outside(z.string()),
    type: z.string(),
    series: z.int().optional(),
    cost: z.array(z.strictObject({ selector: outside(z.string()), series: z.number(), aggregated: z.boolean() })),
    questions: z.int(),
  }),
  async handle({ query, at }, call) {
    const { backend, signal } = call;
    const now = call.clock.now();
    const moment = at === undefined ? now : momentOf('at', at, call);
    const { version } = await backend.facts(signal);
    const checked = checkQuery(query);
    const opinion = await serverOpinion(query, backend, signal);
    // what the server takes is right, whatever is thought of it here
    const problems =
      opinion.formatted === undefined
        ? [
            ...problemFindings(checked.problems.filter((one) => appliesTo(one, version) || one.since === 'unknown')),
            ...variableFindings(query, checked.variables),
          ]
        : [];
    const head = { formatted: opinion.formatted ?? query, type: checked.type ?? 'unknown' };
    if (checked.expr === undefined || opinion.rejected !== undefined)
      return { ...refusal(problems, opinion.rejected, moment), ...head, cost: [], questions: 0 };
    const asking = createAsking({ backend, signal }, { at: moment, now, most: mostQuestions });
    const answer = await explain(query, checked, problems, asking);
    return {
      ...answer.report,
      notExamined: [...answer.report.notExamined, ...opinion.missing.map((part) => ({ ...part, required: false }))],
      ...head,
      series: answer.series,
      cost: [...answer.cost],
      questions: asking.asked(),
    };
  },
  render(report, { query }) {
    const cost = report.cost.map(
      ({ selector, series, aggregated }) => `- ${selector}: ${series} series${aggregated ? ', aggregated' : ''}`,
    );
    const parts = [
      renderFindings(report),
      `Type: ${report.type}. Questions asked: ${report.questions}.`,
      `Query: ${report.formatted}`,
    ];
    if (cost.length > 0) parts.push(['Reads:', ...cost].join('\n'));
    const isSound = report.findings.every(({ severity }) => severity === 'info');
    if (isSound) parts.push(nextCall('prom_query', { query }));
    else if (report.findings.some(({ id }) => id === 'never_existed')) {
      parts.push(nextCall('prom_find_metrics', { text: firstMetric(query) }));
    }
    return parts.join('\n\n');
  },
});

/** Of the caller's own text, so it needs no fence. */
function firstMetric(query: string): string {
  const { expr } = parseQuery(query);
  const names = expr === undefined ? [] : selectorsOf(expr).flatMap(({ selector }) => metricOf(selector) ?? []);
  return names[0] ?? query.slice(0, 100);
}

function refusal(found: readonly Finding[], rejected: string | undefined, moment: number): FindingsReport {
  const isExplained = found.some(({ severity }) => severity !== 'info');
  return findings({
    summary:
      rejected === undefined ? 'the server takes the query, but it is not understood here' : 'the query cannot run',
    findings: [...found, ...(isExplained || rejected === undefined ? [] : [rejectionFinding(rejected)])],
    notExamined: [{ what: 'cost and data', why: 'the query was not run', required: rejected === undefined }],
    window: timestamp(moment),
  });
}

async function explain(query: string, checked: CheckedQuery, problems: readonly Finding[], asking: Asking) {
  const [answer, facts, runtime] = await Promise.all([
    asking.instant(query),
    attempt('lint against the server', readFacts(checked, asking)),
    attempt('retention', asking.backend.runtimeInfo(asking.signal)),
  ]);
  const series = answer?.series.length ?? 0;
  const cost = await readCost(checked, asking);
  const why: WhyEmpty =
    series > 0 ? { diagnoses: [], unexplained: [] } : await whyEmpty(checked.expr!, asking, runtime.value?.retentionMs);
  const report = findings({
    summary:
      series > 0 ? `${counted(series, 'series', 'series')} now` : emptySummary(why.diagnoses.map(({ code }) => code)),
    findings: [...problems, ...diagnosisFindings(why.diagnoses), ...habitFindings(query, facts.value ?? {})],
    notExamined: [
      ...facts.missing,
      ...runtime.missing,
      ...why.unexplained.map(() => ({
        what: 'a part of the query',
        why: 'no reason was found by what was asked',
        required: true,
      })),
      ...(asking.isUsedUp()
        ? [{ what: 'the rest of the query', why: `${mostQuestions} questions were asked`, required: true }]
        : []),
    ],
    window: timestamp(asking.at),
  });
  return { report, series, cost };
}

function emptySummary(codes: readonly string[]): string {
  return codes.length === 0 ? 'no data, and no reason found' : `no data: ${[...new Set(codes)].join(', ')}`;
}

async function readFacts({ expr }: CheckedQuery, { backend, signal }: Asking): Promise<LintFacts> {
  const [metadata, configuration] = await Promise.all([backend.metadata(signal), backend.configuration(signal)]);
  const names = selectorsOf(expr!).flatMap(({ selector }) => selector.name ?? []);
  return {
    scrapeIntervalMs: configuration.scrapeIntervalMs,
    metrics: new Map(
      names.map((name) => [name, { presence: 'now', type: metadata.get(name)?.type ?? 'unknown' }] as const),
    ),
  };
}

async function readCost({ expr }: CheckedQuery, asking: Asking) {
  const found = new Map(
    selectorsOf(expr!).map(({ selector, aggregated }) => [printSelector(withoutTime(selector)), aggregated] as const),
  );
  return Promise.all(
    [...found]
      .slice(0, 5)
      .map(async ([selector, aggregated]) => ({ selector, series: (await asking.count(selector)) ?? 0, aggregated })),
  );
}
