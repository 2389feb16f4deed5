import { ApiError, missing } from '../api-error.ts';
import { answerPage } from '../paging.ts';
import { type Answer, type Call, organizationPath, projectPath, type Route, scopes } from '../route.ts';
import { projectsOf, requireRecord, visibleProjects } from '../scope.ts';
import { plainText } from '../text.ts';
import { storeWorkflow } from '../world/alerts.ts';
import type { JsonRecord, Stored } from '../world/model.ts';

const frequencies: readonly unknown[] = [0, 5, 10, 30, 60, 180, 720, 1440];
const integrationActions = new Set(['slack', 'pagerduty', 'discord', 'msteams', 'opsgenie']);
const logicTypes: readonly unknown[] = ['any', 'any-short', 'all', 'none'];

function recordsOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}

function ours(call: Call, stored: readonly Stored[]): readonly Stored[] {
  return stored.filter((each) => each.organization === call.organization);
}

function workflowsOfDetector(call: Call, detector: Stored): readonly string[] {
  const id = String(detector.body['id']);
  const named = call.state.workflows.filter((each) => (each.body['detectorIds'] as readonly string[]).includes(id));
  const own = detector.body['workflowIds'] as readonly string[];
  return [...new Set([...own, ...named.map((each) => String(each.body['id']))])];
}

function detectorsOf(call: Call): readonly Stored[] {
  const ids = new Set([...projectsOf(call)].map((project) => project.id));
  return ours(call, call.state.detectors).filter((each) => ids.has(String(each.body['projectId'])));
}

/**
 * `name:x` and `type:x`, whole but for stars at an end, and free text anywhere in the name; lists in brackets, which are
 * no list in quotes. Never by case.
 */
function matchesAlertQuery(body: JsonRecord, query: string): boolean {
  for (const word of query.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
    const term = /^(!?)(\w+):(.+)$/.exec(word);
    const value = term?.[3] ?? `*${word}*`;
    const isList = value.startsWith('[') && term !== null;
    const wanted = (isList ? value.slice(1, -1).split(',') : [value]).map((each) => each.trim().replaceAll('"', ''));
    const actual = plainText(body[term?.[2] ?? 'name']);
    const isMatch = wanted.some((each) => matchesText(actual.toLowerCase(), each.toLowerCase()));
    if (isMatch === (term?.[1] === '!')) return false;
  }
  return true;
}

function matchesText(actual: string, wanted: string): boolean {
  const text = wanted.replace(/^\*/, '').replace(/\*$/, '');
  const [isOpenBefore, isOpenAfter] = [wanted.startsWith('*'), wanted.length > 1 && wanted.endsWith('*')];
  if (isOpenBefore && isOpenAfter) return actual.includes(text);
  return isOpenBefore ? actual.endsWith(text) : isOpenAfter ? actual.startsWith(text) : actual === text;
}

function filtered(call: Call, stored: readonly Stored[]): readonly JsonRecord[] {
  const [ids, query] = [call.query.getAll('id'), call.query.get('query') ?? ''];
  const sort = call.query.get('sortBy') ?? 'id';
  const [key, sign] = [sort.replace(/^-/, ''), sort.startsWith('-') ? -1 : 1];
  return stored
    .map((each) => each.body)
    .filter((body) => (ids.length === 0 || ids.includes(String(body['id']))) && matchesAlertQuery(body, query))
    .toSorted(
      (left, right) => sign * plainText(left[key]).localeCompare(plainText(right[key]), 'en', { numeric: true }),
    );
}

/**
 * Those of the asked projects' detectors; those of no detector belong to the organization,
 * so a filter by project leaves them out, unless ids are asked for.
 */
function listWorkflows(call: Call): Answer {
  const asked = call.query.getAll('project');
  const isCut = asked.length > 0 && !asked.includes('-1') && !call.query.has('id');
  const detectors = new Set(detectorsOf(call).map((each) => String(each.body['id'])));
  const stored = ours(call, call.state.workflows).filter((each) => {
    const ids = each.body['detectorIds'] as readonly string[];
    return ids.length === 0 ? !isCut : ids.some((id) => detectors.has(id));
  });
  return answerPage(call, filtered(call, stored), (body) => body);
}

function checkGroup(name: string, value: unknown): void {
  if (!logicTypes.includes(requireRecord(value)['logicType']))
    throw new ApiError(400, { [name]: { logicType: ['This field is required.'] } });
}

/** @throws ApiError 400 in camelCase, as the server explains what is wrong */
function checkWorkflow(call: Call, body: JsonRecord): void {
  const { name, config, triggers, actionFilters, detectorIds } = body;
  if (typeof name !== 'string' || name === '') throw new ApiError(400, { name: ['This field is required.'] });
  const frequency = config === undefined ? 30 : requireRecord(config)['frequency'];
  if (!frequencies.includes(frequency))
    throw new ApiError(400, { config: [`${JSON.stringify(frequency)} is not one of ${JSON.stringify(frequencies)}`] });
  if (triggers !== undefined) checkGroup('triggers', triggers);
  const known = new Set(ours(call, call.state.detectors).map((each) => String(each.body['id'])));
  for (const id of Array.isArray(detectorIds) ? detectorIds : [])
    if (!known.has(String(id)))
      throw new ApiError(400, { detectorIds: [`Some detectors do not exist: ${String(id)}`] });
  const integrations = call.state.integrations.filter((each) => each.organization === call.organization);
  for (const filter of recordsOf(actionFilters)) {
    checkGroup('actionFilters', filter);
    for (const action of recordsOf(filter['actions'])) {
      const { type, integrationId } = action;
      if (!integrationActions.has(String(type))) continue;
      if (!integrations.some((each) => each.id === String(integrationId) && each.provider === type))
        throw new ApiError(400, {
          actions: [`Integration ${JSON.stringify(integrationId)} of ${String(type)} not found`],
        });
    }
  }
}

function workflowOf(call: Call): Stored {
  const found = ours(call, call.state.workflows).find((each) => each.body['id'] === call.parameters['workflow_id']);
  if (!found) throw missing();
  return found;
}

function createWorkflow(call: Call): Answer {
  const given = requireRecord(call.body);
  checkWorkflow(call, given);
  const body = storeWorkflow(call.state, call.organization, given);
  call.state.workflows.push({ organization: call.organization, body });
  return { status: 201, body };
}

function replaceWorkflow(call: Call): Answer {
  const stored = workflowOf(call);
  const given = requireRecord(call.body);
  checkWorkflow(call, given);
  const next = storeWorkflow(call.state, call.organization, given, stored.body);
  Object.assign(stored.body, next);
  return { body: stored.body };
}

function showDetector(call: Call, stored: Stored): JsonRecord {
  return { ...stored.body, workflowIds: workflowsOfDetector(call, stored) };
}

function listDetectors(call: Call): Answer {
  const stored = detectorsOf(call);
  const shown = new Map(stored.map((each) => [each.body, each]));
  return answerPage(call, filtered(call, stored), (body) => {
    const each = shown.get(body);
    return each ? showDetector(call, each) : body;
  });
}

const workflow = { scopes: scopes.alerts, feature: 'workflows' } as const;
const workflowWrite = { scopes: scopes.alertsWrite, feature: 'workflows' } as const;

export const alertRoutes: readonly Route[] = [
  { method: 'GET', template: `${organizationPath}workflows/`, ...workflow, handle: listWorkflows },
  { method: 'POST', template: `${organizationPath}workflows/`, ...workflowWrite, handle: createWorkflow },
  {
    method: 'PUT',
    template: `${organizationPath}workflows/`,
    ...workflowWrite,
    handle: (call) => {
      call.report('PUT on all workflows');
      throw new ApiError(400, 'refused: bulk update');
    },
  },
  {
    method: 'GET',
    template: `${organizationPath}workflows/{workflow_id}/`,
    ...workflow,
    handle: (call) => ({ body: workflowOf(call).body }),
  },
  { method: 'PUT', template: `${organizationPath}workflows/{workflow_id}/`, ...workflowWrite, handle: replaceWorkflow },
  {
    method: 'GET',
    template: `${organizationPath}detectors/`,
    scopes: scopes.alerts,
    feature: 'detectors',
    handle: listDetectors,
  },
  {
    method: 'GET',
    template: `${organizationPath}detectors/{detector_id}/`,
    scopes: scopes.alerts,
    feature: 'detectors',
    handle: (call) => {
      const id = call.parameters['detector_id'];
      const found = ours(call, call.state.detectors).find((each) => each.body['id'] === id);
      if (!found) throw missing();
      return { body: showDetector(call, found) };
    },
  },
  {
    method: 'GET',
    template: `${projectPath}rules/`,
    scopes: ['alerts:read', ...scopes.project],
    feature: 'legacyAlerts',
    undocumented: true,
    handle: (call) =>
      answerPage(
        call,
        call.state.projectRules.filter((each) => each.project === call.project),
        (each) => each.body,
      ),
  },
  {
    method: 'GET',
    template: `${organizationPath}alert-rules/`,
    scopes: scopes.alerts,
    feature: 'legacyAlerts',
    undocumented: true,
    handle: (call) => answerPage(call, ours(call, call.state.metricRules), (each) => each.body),
  },
  {
    method: 'GET',
    template: `${organizationPath}combined-rules/`,
    scopes: scopes.alerts,
    feature: 'legacyAlerts',
    undocumented: true,
    handle: (call) => {
      const visible = new Set(visibleProjects(call));
      const rules = call.state.projectRules.filter((each) => visible.has(each.project));
      const combined = [
        ...rules.map((each) => ({ ...each.body, type: 'rule' })),
        ...ours(call, call.state.metricRules).map((each) => ({ ...each.body, type: 'alert_rule' })),
      ];
      return answerPage(call, combined, (each) => each);
    },
  },
];
