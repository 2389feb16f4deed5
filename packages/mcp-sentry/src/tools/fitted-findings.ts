import { count, type FindingsReport, renderFindings } from '@cinecom/mcp-core';
import { fairShare, kindsOf } from '../analysis/report/kinds-of-findings.ts';

/** An answer by default is smaller than 8 kB; a little is left for what fences and escapes add. */
const mostBytes = 7_700;
const mostRows = 20;

/** The parts of a report as text, each in lines. */
export interface FittedFindings {
  readonly verdict: string;
  /** The window, and what all findings are where not all are shown. */
  readonly window: readonly string[];
  /** The table, what was not examined, the next call. */
  readonly found: readonly string[];
}

/**
 * Findings as text, as many as fit beside the rest of an answer, each kind among them.
 *
 * @param others the rest of the answer
 * @param ranked where there are more than are told as findings, all of one kind: how many, and then the worst are shown
 */
export function fittedFindings(
  report: FindingsReport,
  others: string,
  ranked?: { readonly total: number },
): FittedFindings {
  const { findings: all } = report;
  const [total, kinds] = ranked === undefined ? [all.length, kindsOf(all)] : [ranked.total, 'worst first'];
  const least = renderFindings({ ...report, findings: all.slice(0, 1) });
  const bytes = mostBytes - [others, least, kinds].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const shown = fairShare(all, { rows: mostRows, bytes }, ranked === undefined ? undefined : () => '');
  const [verdict = '', window = '', ...found] = renderFindings({ ...report, findings: [...shown] }).split('\n');
  const cut = shown.length < total ? [`Found: ${kinds}; ${shown.length} of ${count(total)} shown.`] : [];
  return { verdict, window: [window, ...cut], found };
}
