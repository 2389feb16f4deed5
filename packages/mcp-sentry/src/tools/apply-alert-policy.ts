import { attempt, counted, isToolError, nextCall, outside, quote, table, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { diffPolicy } from '../analysis/policy/diff.ts';
import type { WorkflowDraft } from '../model/alert.ts';
import type { Scope } from '../model/scope.ts';
import { plainName } from '../text/index.ts';
import { defineTool } from '../tool.ts';
import {
  alertText,
  changesText,
  existingAlerts,
  type PolicyReading,
  quoteWhole,
  readPolicyState,
  writesOf,
} from './alert-policy-reading.ts';
import { scopeInput, scopeOf, type SentryCall } from './scope.ts';
import { renderSource, source, sourceOf } from './web-link.ts';

export const applyAlertPolicy = defineTool({
  name: 'sentry_apply_alert_policy',
  title: 'Apply alert policy',
  description:
    'Alert rules as code: writes the alerts of a YAML policy by severity level, with who is notified. The plan is the difference, alert by alert; alerts without its prefix stay; nothing is deleted.',
  searchHint:
    'create update alert rule escalation severity notify discord slack pagerduty yaml アラート 設定 エスカレーション',
  risk: 'write',
  input: z.strictObject({
    policy: z.string().max(50_000).optional().describe('YAML; default --policy-file'),
    organization: scopeInput.organization,
    projects: scopeInput.projects,
  }),
  output: z.strictObject({
    alerts: z.array(
      z.strictObject({
        alert: outside(z.string()),
        change: z.enum(['create', 'update']),
        applied: z.enum(['yes', 'no', 'unknown']),
        differs: outside(z.string()),
      }),
    ),
    failure: outside(z.string()).optional(),
    source,
  }),
  async plan({ policy, ...input }, call) {
    const scope = await scopeOf(input, call);
    const read = await readPolicyState(policy, scope, call);
    const writes = writesOf(read.diff);
    const same = read.diff.alerts.length - writes.length;
    const observed: Observed = {
      organization: scope.organization,
      projects: scope.isCut ? scope.projects.map(({ slug }) => slug) : null,
      prefix: read.compiled.prefix,
      writes: writes.map((write) => ({
        id: write.kind === 'update' ? write.id : null,
        before: write.kind === 'update' ? write.changes.map(({ field, before }) => `${field}: ${before}`) : [],
        draft: JSON.stringify(write.draft),
      })),
    };
    const left = leftOverText(read);
    return {
      summary: `${count('create')} to create, ${count('update')} to update, ${same} as the policy has them${left === '' ? '' : `; ${left}`}`,
      steps: writes.map((write) =>
        write.kind === 'create'
          ? `create ${quote(write.draft.name)}: ${alertText(write.draft, read.integrations)}; ${counted(write.draft.detectorIds.length, 'monitor')}`
          : `update ${quote(write.draft.name)} (alert ${write.id}): ${changesText(write, read.integrations)}`,
      ),
      targets: [...writes.map(({ draft }) => ({ type: 'alert', id: draft.name })), ...projectTargets(scope, call)],
      warnings: warningsOf(read),
      undo: 'Apply the policy as it was before; alerts that are created can be switched off or deleted in Sentry',
      observed,
    };

    function count(kind: 'create' | 'update'): string {
      return counted(writes.filter((write) => write.kind === kind).length, 'alert');
    }
  },
  async apply({ observed }, call) {
    const scope = await scopeOf(
      { organization: observed.organization, projects: observed.projects ?? undefined },
      call,
    );
    const failure = await writeAll(observed, scope, call);
    const { value: existing } = await attempt('alerts', existingAlerts(observed.prefix, scope, call));
    const rows = observed.writes.map((write) => rowOf(write, observed.prefix, existing));
    // what is certainly not done is an error of the call, not an answer
    if (failure !== undefined && rows.every(({ applied }) => applied === 'no')) throw failure;
    const text = failure === undefined ? undefined : [failure.message, failure.backendText].filter(Boolean).join(': ');
    const from = sourceOf(
      call.backend.url,
      observed.organization,
      '/issues/alerts/rules/',
      `POST and PUT organizations/${observed.organization}/workflows/`,
    );
    return { alerts: rows, ...(text === undefined ? {} : { failure: text }), source: from };
  },
  async settle({ observed }, call) {
    const scope = await scopeOf({ organization: observed.organization }, call);
    const existing = await existingAlerts(observed.prefix, scope, call);
    const rows = observed.writes.map((write) => rowOf(write, observed.prefix, existing));
    if (rows.every(({ applied }) => applied === 'yes')) return 'yes';
    return rows.every(({ applied }) => applied === 'no') ? 'no' : 'unknown';
  },
  render({ alerts, failure, source: from }) {
    const done = alerts.filter(({ applied }) => applied === 'yes').length;
    const head = `${done} of ${counted(alerts.length, 'alert')} written and read again as the policy has them`;
    const stopped = failure === undefined ? '' : `\nStopped: ${failure}. Apply again: what is done stays.`;
    return `${head}${stopped}\n\n${table(alerts, ['alert', 'change', 'applied', 'differs'])}\n\n${renderSource(from)}\n\n${nextCall('sentry_alert_rules')}`;
  },
});

/** A type, since only types are JSON by their shape. */
type Observed = {
  readonly organization: string;
  readonly projects: readonly string[] | null;
  readonly prefix: string;
  readonly writes: {
    /** Of the alert that is changed; null: a new one. */
    readonly id: string | null;
    readonly before: string[];
    readonly draft: string;
  }[];
};

const mostProjectTargets = 10;

/** So that the plan can be held against a list of projects; all of them may be more targets than a plan may have. */
function projectTargets({ projects }: Scope, { settings }: SentryCall) {
  const named = settings.project.length === 0 ? [] : projects.slice(0, mostProjectTargets);
  return named.map(({ slug }) => ({ type: 'project', id: plainName(slug) ?? 'unknown' }));
}

function leftOverText({ diff }: PolicyReading): string {
  const left = diff.leftOver;
  if (left.length === 0) return '';
  const named = left.slice(0, 10).map(({ id, name }) => `${quote(name)} (alert ${id})`);
  const more = left.length > named.length ? ` and ${left.length - named.length} more` : '';
  return `left over, delete by hand: ${named.join(', ')}${more}`;
}

function warningsOf({ compiled, narrowed, strange }: PolicyReading): readonly string[] {
  const { unwatched } = compiled;
  return [
    ...(unwatched.length === 0
      ? []
      : [`no monitor watches errors in ${quote(unwatched.slice(0, 20).join(', '))}: these alerts do not reach it`]),
    ...(strange.length === 0
      ? []
      : [
          `no project in scope has the environment ${quoteWhole(strange.join(', '))}: nothing would set these alerts off`,
        ]),
    ...(narrowed.length === 0
      ? []
      : [`${quote(narrowed.join(', '))} would no longer watch projects outside the scope of this call`]),
  ];
}

/** In order, one alert a request, until one fails. */
async function writeAll({ writes }: Observed, scope: Scope, call: SentryCall): Promise<ToolError | undefined> {
  const { alerts } = call.backend;
  for (const [index, { id, draft }] of writes.entries()) {
    call.progress(index, writes.length, 'alerts written');
    const workflow = JSON.parse(draft) as WorkflowDraft;
    const written =
      id === null ? alerts.create(scope, workflow, call.signal) : alerts.update(scope, id, workflow, call.signal);
    const failure = await written.then(
      () => undefined,
      (error: unknown) => {
        if (isToolError(error)) return error;
        throw error;
      },
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function rowOf(
  { id, draft: text }: Observed['writes'][number],
  prefix: string,
  existing: Awaited<ReturnType<typeof existingAlerts>> | undefined,
) {
  const draft = JSON.parse(text) as WorkflowDraft;
  const row = { alert: draft.name, change: id === null ? ('create' as const) : ('update' as const) };
  if (existing === undefined) return { ...row, applied: 'unknown' as const, differs: 'could not be read again' };
  const [now] = diffPolicy({ prefix, drafts: [draft] }, existing).alerts;
  if (now?.kind === 'same') return { ...row, applied: 'yes' as const, differs: '' };
  const differs = now?.kind === 'update' ? now.changes.map(({ field }) => field).join(', ') : 'not there';
  return { ...row, applied: 'no' as const, differs };
}
