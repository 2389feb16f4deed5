import * as z from 'zod';
import { outside } from '../firewall/index.ts';
import { duration } from './format.ts';
import { table } from './table.ts';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

const next = z.strictObject({
  tool: z.string().describe('tool to call'),
  args: z.record(z.string(), z.unknown()).describe('its arguments'),
});

/** One thing that is wrong, with what it was measured against. `evidence` and `threshold` carry units. */
export const finding = z.strictObject({
  id: z.string().describe('stable name of the rule'),
  severity: z.enum(severities),
  object: outside(z.string().describe('what it is about')),
  evidence: outside(z.string().describe('what was measured')),
  threshold: z.string().describe('what it was measured against'),
  fix: z.string().describe('what repairs it'),
  next: next.optional(),
});
export type Finding = z.infer<typeof finding>;

const notExamined = z.strictObject({
  what: z.string(),
  why: z.string(),
  /** A part without which the answer may not say ok. */
  required: z.boolean().default(false),
});
export type NotExamined = z.input<typeof notExamined>;

/** The shape of every health-like answer. Build it with `findings()`: a tool cannot set the verdict itself. */
export const findingsReport = z.strictObject({
  verdict: z.enum(['ok', 'warning', 'critical', 'unknown']),
  summary: z.string(),
  findings: z.array(finding),
  notExamined: z.array(notExamined),
  window: z.string().describe('the time the answer speaks of'),
});
export type FindingsReport = z.infer<typeof findingsReport>;
export type Verdict = FindingsReport['verdict'];

/**
 * The verdict of findings: critical or warning if any such finding; else `unknown` if a required part was not examined; else ok.
 */
export function verdict(list: readonly Finding[], missing: readonly NotExamined[]): Verdict {
  if (list.some((item) => item.severity === 'critical')) return 'critical';
  if (list.some((item) => item.severity === 'warning')) return 'warning';
  return missing.some((part) => part.required) ? 'unknown' : 'ok';
}

export interface FindingsInput {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly notExamined?: readonly NotExamined[];
  /** `now`, or a span in ms. */
  readonly window: string | number;
}

/** Builds a report: sorts by severity, sets the verdict. */
export function findings(input: FindingsInput): FindingsReport {
  const missing = (input.notExamined ?? []).map((part) => ({ ...part, required: part.required ?? false }));
  return {
    verdict: verdict(input.findings, missing),
    summary: input.summary,
    findings: input.findings.toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity)),
    notExamined: missing,
    window: typeof input.window === 'number' ? `last ${duration(input.window)}` : input.window,
  };
}

const shownFindings = 20;

/** `CRITICAL: <summary>`, at most 20 rows by severity, what was not examined, the next call. */
export function renderFindings(report: FindingsReport): string {
  const shown = report.findings.slice(0, shownFindings);
  const lines = [`${report.verdict.toUpperCase()}: ${report.summary}`, `Window: ${report.window}`];
  if (shown.length > 0) {
    const rows = shown.map((item) => ({
      severity: item.severity,
      id: item.id,
      object: item.object,
      'evidence vs threshold': `${item.evidence} vs ${item.threshold}`,
      fix: item.fix,
    }));
    lines.push('', table(rows, ['severity', 'id', 'object', 'evidence vs threshold', 'fix']));
  }
  if (report.findings.length > shown.length) {
    lines.push(`${report.findings.length - shown.length} more findings of ${report.findings.length} not shown.`);
  }
  if (report.notExamined.length > 0) {
    lines.push('', `Not examined: ${report.notExamined.map((part) => `${part.what} (${part.why})`).join('; ')}`);
  }
  const following = report.findings.find((item) => item.next)?.next;
  if (following) lines.push('', nextCall(following.tool, following.args));
  return lines.join('\n');
}

/** The last line of an answer: `Next: tool {args}`. */
export function nextCall(tool: string, args: Readonly<Record<string, unknown>> = {}): string {
  return `Next: ${tool} ${JSON.stringify(args)}`;
}
