import {
  attempt,
  counted,
  duration,
  type Finding,
  findings,
  findingsReport,
  renderFindings,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { endsOf } from '../analysis/events/ends.ts';
import { createLocator } from '../analysis/files/locate.ts';
import { missingEnvFile } from '../analysis/lint/files.ts';
import { lint as judge, lintRules } from '../analysis/lint/index.ts';
import { journalEnds } from '../analysis/lint/journal-ends.ts';
import type { LintProject, LintRule } from '../analysis/lint/rule.ts';
import type { SourceFile } from '../model/source-file.ts';
import { defineTool } from '../tool.ts';
import { forgotten } from './forgotten.ts';
import { type ComposeCall, type ProjectReading, readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const rememberedMs = 7 * 86_400_000;

export const lint = defineTool({
  name: 'compose_lint',
  title: 'Check the Compose files',
  description:
    'Checks the Compose files for what hurts in production, with file and line: health checks, limits, restart policy, lost signals, fixed ports, tags, plain secrets, privileges, unset variables.',
  searchHint: 'docker compose lint check best practice security 設定 検査',
  risk: 'read',
  input: z.strictObject({
    rules: z.array(z.string().max(40)).max(30).default([]).describe('ids of findings; default all'),
  }),
  output: z.strictObject({ ...findingsReport.shape, rulesRun: z.int(), servicesChecked: z.int() }),
  async handle({ rules }, call) {
    const chosen = chosenRules(rules);
    const { backend, signal, clock } = call;
    const now = clock.now();
    const [reading, sources, history, records] = await Promise.all([
      readProject(call),
      attempt('lines of the files', backend.compose.sources(signal)),
      attempt(
        'how containers stopped',
        backend.history.events(call.state, { since: now - rememberedMs, until: now }, signal),
      ),
      attempt('stops of rollouts', backend.rollouts.records(call.state, signal)),
    ]);
    const seen = endsOf(history.value?.events ?? []);
    const ends = [...journalEnds(records.value ?? [], seen), ...seen];
    const { found, checked } = await findingsOf(chosen, reading, { sources: sources.value ?? [], ends }, call);
    const ran = reading.model === undefined ? 0 : chosen.length;
    const usesEvents = chosen.some(({ id }) => id === 'GRACE_TOO_SHORT');
    const missing = [
      ...reading.missing,
      ...sources.missing,
      ...(usesEvents ? [...history.missing, ...records.missing, ...forgotten(history.value, now - rememberedMs)] : []),
    ];
    return {
      ...findings({
        summary: `${counted(ran, 'rule')} ran over ${counted(checked, 'service')}${ran < lintRules.length ? ` (of ${lintRules.length} rules)` : ''}; ${counted(found.length, 'finding')}`,
        findings: found,
        notExamined: missing,
        window: `the files now; stops of the last ${duration(rememberedMs)}`,
      }),
      rulesRun: ran,
      servicesChecked: checked,
    };
  },
  render: renderFindings,
});

/** @throws ToolError `invalid_input` with the ids there are */
function chosenRules(ids: readonly string[]): readonly LintRule[] {
  if (ids.length === 0) return lintRules;
  const known = lintRules.map(({ id }) => id);
  if (ids.every((id) => known.includes(id))) return lintRules.filter(({ id }) => ids.includes(id));
  throw new ToolError('invalid_input', 'rules names a rule that there is not', { hint: `Rules: ${known.join(', ')}.` });
}

async function findingsOf(
  rules: readonly LintRule[],
  reading: ProjectReading,
  { sources, ends }: Pick<LintProject, 'sources' | 'ends'>,
  call: ComposeCall,
): Promise<{ readonly found: readonly Finding[]; readonly checked: number }> {
  const { model, invalid, containers } = reading;
  const locator = createLocator(sources);
  if (model === undefined) return { found: invalid === undefined ? [] : [invalidFile(invalid, sources)], checked: 0 };
  const services = servicesOf('*', call.settings, model, containers).flatMap((name) => model.services.get(name) ?? []);
  // also of those outside the scope, whose health others wait for
  const images = await readImages(
    [...model.services.values()].map(({ image }) => image),
    call,
  );
  const found = judge(rules, {
    model,
    services,
    sources,
    locator,
    ends,
    defaults: new Map([...images].map(([reference, { defaults }]) => [reference, defaults])),
  });
  return { found, checked: services.length };
}

/** What Compose says names the file or the key; for a file of variables the line that names it is found here. */
function invalidFile(words: string, sources: readonly SourceFile[]): Finding {
  const file = missingEnvFile(words);
  const name = file?.slice(file.lastIndexOf('/') + 1);
  const places = sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (name !== undefined && line.includes(name) ? [`${path}:${index + 1}`] : [])),
  );
  return {
    id: file === undefined ? 'INVALID_FILE' : 'MISSING_ENV_FILE',
    severity: 'critical',
    object: places[0] ?? 'the Compose files',
    evidence: words.slice(0, 300),
    threshold: 'valid for Compose',
    fix: 'Repair the file: no rule and no update works until then, what runs goes on',
  };
}
