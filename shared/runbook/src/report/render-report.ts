import type { RunRecord, StepRecord } from '../run/types.ts';
import type { Language } from '../runbook/types.ts';
import { shownDuration } from './duration.ts';
import { countFindings } from './findings.ts';
import { code, fenced, inline, table } from './markdown.ts';
import { renderStep } from './step.ts';
import { type Words, wordsOf } from './words.ts';

/** A run as Markdown: the verdict first, a section a step, at the end what ran. Data stay in the language they came in. */
export function renderReport(run: RunRecord, language: Language = run.language ?? 'en'): string {
  const words = wordsOf(language);
  const blocks = [
    `# ${inline(run.title, 200)}`,
    verdictLine(run, words),
    ...(run.interrupted ? [`**${words.interrupted}**`] : []),
    ...(run.description === undefined ? [] : [inline(run.description, 2000)]),
    ...inputsLine(run, words),
    ...run.steps.flatMap((step, index) => renderStep(step, index + 1, words)),
    ...evidence(run, words),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function verdictLine(run: RunRecord, words: Words): string {
  const { critical, warning } = countFindings(run.steps.flatMap((step) => step.calls.map((call) => call.result)));
  const found = critical + warning === 0 ? words.noFindings : words.findings(critical, warning);
  const statuses = ['ok', 'failed', 'planned', 'cancelled', 'blocked', 'skipped'] as const;
  const counts = statuses
    .map((status) => [status, run.steps.filter((step) => step.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => words.counted(count, words.status[status]));
  const worst = run.steps
    .filter((step) => step.verdict === run.verdict && isBad(step))
    .map((step) => inline(step.title, 80));
  const where = worst.length === 0 ? '' : `: ${worst.slice(0, 5).join(' / ')}`;
  return `**${words.verdict[run.verdict]}${where}** — ${words.headline(found, run.steps.length, counts)}`;
}

function isBad(step: StepRecord): boolean {
  return step.verdict !== 'ok';
}

function inputsLine(run: RunRecord, words: Words): readonly string[] {
  const inputs = Object.entries(run.inputs).map(
    ([name, value]) => `${name} = ${code(typeof value === 'string' ? value : JSON.stringify(value), 100)}`,
  );
  return inputs.length === 0 ? [] : [`${words.inputs}: ${inputs.join(', ')}`];
}

function evidence(run: RunRecord, words: Words): readonly string[] {
  const { evidenceColumns: columns } = words;
  const steps = run.steps.map((step) => [
    inline(step.id),
    inline(step.server),
    inline(step.tool),
    words.status[step.status],
    step.at?.slice(11) ?? '',
    step.calls.length === 0 ? '' : shownDuration(step.durationMs),
  ]);
  const servers = run.servers.map((server) => {
    if (server.error !== undefined) return `- ${inline(server.name)}: ${words.notStarted}: ${inline(server.error)}`;
    return `- ${inline(server.name)}: ${inline(server.server ?? '')} ${inline(server.version ?? '')} (MCP ${inline(server.protocol ?? '')})`;
  });
  const said = run.servers.flatMap((server) =>
    server.stderr ? [`${inline(server.name)}, stderr:`, fenced(server.stderr, 2000)] : [],
  );
  return [
    `## ${words.evidence}`,
    table([columns.step, columns.server, columns.tool, columns.status, columns.at, columns.duration], steps),
    servers.join('\n'),
    ...said,
    words.ran(run.startedAt, shownDuration(run.durationMs)),
    words.trace(run.traceId),
  ];
}
