import { readFile } from 'node:fs/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import type { Alerts, Integration, LegacyRule, WorkflowList } from '../../model/alert.ts';
import type { Scope } from '../../model/scope.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, textOf, timeOf } from '../../model/told.ts';
import { scopeQuery } from './scope-query.ts';
import { workflowBody, workflowOf } from './workflow-of.ts';

const most = { workflows: 1000, rules: 500, integrations: 500 };
const largestPolicyBytes = 256 * 1024;

export function createAlerts(api: SentryApi, policyFile: string | undefined): Alerts {
  return {
    async workflows(scope, signal) {
      // asked by project, even by all, it leaves out alerts that are connected to none
      const query = scope.isCut ? scopeQuery({ ...scope, environments: [] }) : new URLSearchParams();
      return workflowsOf(api, scope, query, signal);
    },
    async workflowsOfPrefix(scope, prefix, signal) {
      // Sentry looks at no case, and a server that knows no such query answers with all
      const { workflows, isCut } = await workflowsOf(api, scope, nameQuery(prefix), signal);
      return { workflows: workflows.filter(({ name }) => name.startsWith(`${prefix} `)), isCut };
    },
    async legacyRules(scope, signal) {
      const [issueRules, metricRules] = await Promise.all([
        issueRulesOf(api, scope, signal),
        metricRulesOf(api, scope, signal),
      ]);
      return [...issueRules, ...metricRules];
    },
    async integrations({ organization }, signal) {
      const all = await api.all('integrations', { organization }, new URLSearchParams(), most.integrations, signal);
      return all.flatMap((item) => integrationOf(item) ?? []);
    },
    async create({ organization }, draft, signal) {
      const { body } = await api.change(
        'createWorkflow',
        { organization },
        new URLSearchParams(),
        workflowBody(draft),
        signal,
      );
      return written(body);
    },
    async update({ organization }, workflow, draft, signal) {
      const json = { id: workflow, ...workflowBody(draft) };
      const { body } = await api.change(
        'changeWorkflow',
        { organization, workflow },
        new URLSearchParams(),
        json,
        signal,
      );
      return written(body);
    },
    policyFile: () => readPolicy(policyFile),
  };
}

async function workflowsOf(
  api: SentryApi,
  { organization }: Scope,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<WorkflowList> {
  const { items, isCut } = await supported('workflows', () =>
    api.list('workflows', { organization }, query, most.workflows, signal),
  );
  return { workflows: items.flatMap((item) => workflowOf(item) ?? []), isCut };
}

/** The grammar of prefixes has no letter that a quoted value of a search gives a meaning to. */
function nameQuery(beginning: string): URLSearchParams {
  return new URLSearchParams({ query: `name:"${beginning}*"` });
}

function written(body: unknown): NonNullable<ReturnType<typeof workflowOf>> {
  const workflow = workflowOf(body);
  if (workflow !== undefined) return workflow;
  throw new ToolError('backend_error', 'Sentry does not tell the alert that it wrote', { applied: 'unknown' });
}

/** A route that is not there is a server without the feature. */
async function supported<Value>(what: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
    throw new ToolError('backend_unsupported', `this Sentry has no ${what}`, {
      hint: 'It is an older self-hosted server.',
      cause: error,
    });
  }
}

async function issueRulesOf(api: SentryApi, scope: Scope, signal: AbortSignal): Promise<readonly LegacyRule[]> {
  const { organization } = scope;
  const lists = await Promise.all(
    scope.projects.map(async ({ slug }) => {
      const parts = { organization, project: slug };
      const all = await supported('alert rules', () =>
        api.all('projectRules', parts, new URLSearchParams(), most.rules, signal),
      );
      return all.flatMap((item) => ruleOf(item, slug, 'issue') ?? []);
    }),
  );
  return lists.flat();
}

async function metricRulesOf(api: SentryApi, scope: Scope, signal: AbortSignal): Promise<readonly LegacyRule[]> {
  const { organization } = scope;
  const query = scopeQuery({ ...scope, environments: [] });
  const all = await api.all('metricRules', { organization }, query, most.rules, signal).catch((error: unknown) => {
    if (isToolError(error) && error.code === 'backend_not_found') return []; // of another edition
    throw error;
  });
  return all.flatMap((item) => {
    const [project = ''] = listOf(fieldsOf(item)['projects']).flatMap((slug) => textOf(slug) ?? []);
    return ruleOf(item, project, 'metric') ?? [];
  });
}

function ruleOf(item: unknown, project: string, kind: LegacyRule['kind']): LegacyRule | undefined {
  const told = fieldsOf(item);
  const [id, name] = [textOf(told['id']), textOf(told['name'])];
  if (id === undefined) return undefined;
  const triggers = listOf(told['triggers']).map(fieldsOf);
  const actions = [told['actions'], ...triggers.map((trigger) => trigger['actions'])].flatMap(listOf);
  return {
    id,
    name: name ?? id,
    project,
    kind,
    isEnabled: !/disabled/i.test(textOf(told['status']) ?? ''),
    environment: textOf(told['environment']),
    actions: actions.map(nameOf),
    conditions: [...listOf(told['conditions']), ...listOf(told['filters'])].map(nameOf),
    lastTriggered: timeOf(told['lastTriggered']),
  };
}

/** In words where the server has them. */
function nameOf(item: unknown): string {
  const { name, desc, id, type } = fieldsOf(item);
  return textOf(name) ?? textOf(desc) ?? textOf(id) ?? textOf(type) ?? 'unnamed';
}

function integrationOf(item: unknown): Integration | undefined {
  const told = fieldsOf(item);
  const [id, name] = [textOf(told['id']), textOf(told['name'])];
  if (id === undefined) return undefined;
  const provider = fieldsOf(told['provider']);
  return {
    id,
    name: name ?? id,
    provider: textOf(provider['key']) ?? textOf(provider['slug']) ?? textOf(told['provider']) ?? 'unknown',
    status: textOf(told['organizationIntegrationStatus']) ?? textOf(told['status']),
  };
}

async function readPolicy(path: string | undefined): Promise<string> {
  const hint = 'Give the policy as text, or name its file with --policy-file (SENTRY_POLICY_FILE).';
  if (path === undefined) throw new ToolError('not_configured', 'no alert policy is given', { hint });
  try {
    const content = await readFile(path);
    if (content.length <= largestPolicyBytes) return content.toString('utf8');
  } catch (cause) {
    throw new ToolError('not_configured', 'the file of --policy-file cannot be read', { hint, cause });
  }
  throw new ToolError('too_large', 'the file of --policy-file is larger than 256 kB', { hint });
}
