import {
  attempt,
  duration,
  findings,
  type Json,
  longWork,
  nextCall,
  quote,
  renderFindings,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { isReadable, isSameServer } from '../analysis/ingest/dsn.ts';
import { defineTool } from '../tool.ts';
import { plainName } from '../text/index.ts';
import { type DsnInUse, dsnOf, setDsn } from './dsn-of.ts';
import { cleanUp } from './ingest-cleanup.ts';
import { goesOn, ingestSource, named, type Report, report, reportOf } from './ingest-report.ts';
import { runIngestCheck } from './ingest-run.ts';
import { lookFor } from './look-for-event.ts';
import { projectOf, scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { renderSource } from './web-link.ts';
import type { Scope } from '../model/scope.ts';

/** A wait of 40 s is over by then, and the call itself is not. */
const answerAfterMs = 45_000;

export const checkIngest = defineTool({
  name: 'sentry_check_ingest',
  title: 'Check ingest',
  description:
    'Would an error in production be seen? Sends one marked event through a DSN, waits until it is visible, resolves its issue; where it is lost, says why: key, limit, filter, quota, network.',
  searchHint: 'test event dsn verify error reporting works recovery check silent project 疎通確認 送信テスト 復旧確認',
  risk: 'write',
  input: z.strictObject({
    project: z.string().max(100).optional().describe('slug; the DSN of the settings by default'),
    wait: z.int().min(5).max(300).default(40).describe('seconds'),
    cleanup: z.boolean().default(true).describe('resolve its issue'),
    again: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'expected the event id of an earlier check')
      .optional()
      .describe('event of an earlier check: only look'),
    organization: scopeInput.organization,
  }),
  output: report,
  async plan({ project, wait, cleanup, again, organization }, call) {
    const scope = await scopeOf({ organization }, call);
    const used = await readDsn(scope, project, call);
    const slug = plainName(used.project.slug) ?? used.project.id;
    return {
      summary:
        again === undefined
          ? `Send one marked event to ${quote(used.project.slug)} by ${used.from}, and look whether it arrives`
          : `Look again for event ${again} in ${quote(used.project.slug)}`,
      steps: [
        ...(again === undefined ? [`send one event of level info to ${quote(used.dsn.host)}`] : []),
        `look for it for up to ${wait} s`,
        ...(cleanup ? ['resolve its issue, where only such checks fell into it'] : []),
      ],
      targets: [{ type: 'project', id: slug }],
      warnings: again === undefined ? warningsOf(used, call) : [],
      undo: 'none: an event that was taken stays; its issue is resolved, never deleted',
      observed: {
        organization: scope.organization,
        // as it was asked: the DSN of the settings may name another project than its key is of
        named: project ?? '',
        project: used.project.id,
        wait,
        cleanup,
        again: again ?? '',
      },
    };
  },
  async apply({ observed }, call) {
    const { organization, named, wait, cleanup, again } = observed;
    const scope = await scopeOf({ organization }, call);
    const used = await readDsn(scope, named === '' ? undefined : named, call);
    const waitMs = wait * 1000;
    if (again !== '') return lookAgain(again, used, scope, { waitMs, cleanup }, call);
    let event = '';
    const onSent = (eventId: string): void => void (event = eventId);
    const { operation, result } = await longWork(
      call,
      'ingest-check',
      async (control) => {
        const under = { ...call, signal: control.signal };
        const onLook = (passedMs: number) => control.progress(passedMs, waitMs, 'accepted, not visible yet');
        const run = await runIngestCheck(used, scope, { waitMs, cleanup, onSent, onLook }, under);
        return reportOf(run, used, ingestSource(run.seen, used, scope, call)) as unknown as Json;
      },
      call.waitsForEnd ? {} : { answerAfterMs },
    );
    if (result !== undefined) return result as unknown as Report;
    return { ...goesOn({ operation, event }, used), source: ingestSource(undefined, used, scope, call) };
  },
  // whether the one event left is not to be found without its id
  settle: async (): Promise<'unknown'> => 'unknown',
  render(output) {
    const [verdict = '', ...rest] = renderFindings(output).split('\n');
    const steps = output.steps.map((step) => `- ${step}`);
    const operation = output.operation === undefined ? [] : [`Goes on as operation ${output.operation}.`];
    const next =
      output.verdict === 'unknown' && output.event !== ''
        ? ['', nextCall('sentry_check_ingest', { project: output.project, again: output.event })]
        : [];
    return [verdict, ...steps, ...operation, ...rest, '', renderSource(output.source), ...next].join('\n');
  },
});

async function readDsn(scope: Scope, name: string | undefined, call: SentryCall): Promise<DsnInUse> {
  const keys = await attempt('client keys', call.backend.usage.keys(scope, call.signal));
  const wanted = name === undefined ? undefined : await projectOf(name, scope, call);
  return dsnOf({ scope, keys: keys.value, wanted, hint: `${setDsn}; or name a project.` }, call);
}

function warningsOf({ dsn, owner }: DsnInUse, { backend }: SentryCall): string[] {
  return [
    'alert rules without an environment filter may fire: its environment is ingest-check',
    ...(isSameServer(dsn, backend.url) ? [] : ['the DSN names another host than --url: a relay, or another Sentry']),
    ...(isReadable(dsn) ? ['events travel unencrypted'] : []),
    ...(owner.kind === 'unknown_key' ? ['no key of the projects in scope is that of the DSN'] : []),
    ...(owner.kind === 'wrong_project' ? ['the DSN names another project than that of its key'] : []),
  ];
}

async function lookAgain(
  eventId: string,
  used: DsnInUse,
  scope: Scope,
  { waitMs, cleanup }: { readonly waitMs: number; readonly cleanup: boolean },
  call: SentryCall,
): Promise<Report> {
  const place = { organization: scope.organization, project: used.project.slug, eventId };
  const onLook = (passedMs: number) => call.progress(passedMs, waitMs, 'not visible yet');
  const untilMs = Math.min(waitMs, 40_000);
  const { seen, notLooked } = await lookFor(place, { untilMs, onLook }, call);
  const { at, receivedAt } = seen?.event ?? {};
  return {
    ...findings({
      summary: seen === undefined ? 'still not visible' : 'visible',
      findings: [],
      notExamined:
        seen === undefined
          ? [
              {
                what: 'whether it becomes visible',
                why: notLooked ?? `not within ${duration(untilMs)}`,
                required: true,
              },
            ]
          : [],
      window: 'now',
    }),
    event: eventId,
    ...named(used),
    steps: [
      ...(at === undefined ? [] : [`sent ${timestamp(at)}`]),
      ...(receivedAt === undefined ? [] : [`taken ${timestamp(receivedAt)}`]),
      `clean-up: ${cleanup ? await cleanUp({ seen, project: used.project }, scope, call) : 'not asked for'}`,
    ],
    source: ingestSource(seen, used, scope, call),
  };
}
