import { organizationOf, projectOf, type ProjectReference } from './accounts.ts';
import { isoTime } from '../clock.ts';
import type { Integration, JsonRecord, Organization, Stored } from './model.ts';
import type { State } from './state.ts';

export interface WorkflowOptions {
  readonly name?: string;
  readonly organization?: string;
  readonly enabled?: boolean;
  readonly environment?: string | null;
  /** minutes */
  readonly frequency?: number;
  /** condition types */
  readonly triggers?: readonly string[];
  readonly actionFilters?: readonly JsonRecord[];
  readonly detectorIds?: readonly string[];
  readonly lastTriggered?: number;
  readonly createdBy?: string;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withIds(state: State, value: unknown): JsonRecord {
  return { ...(isRecord(value) ? value : {}), id: String(state.nextId()) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A condition group as the server stores it: ids, organization and missing parts filled in. */
export function conditionGroup(state: State, organization: Organization, value: unknown): JsonRecord {
  const given = isRecord(value) ? value : {};
  return {
    id: String(state.nextId()),
    organizationId: organization.id,
    logicType: given['logicType'] ?? 'any-short',
    conditions: listOf(given['conditions']).map((each) => ({
      comparison: true,
      conditionResult: true,
      ...withIds(state, each),
    })),
    actions: listOf(given['actions']).map((each) => ({
      integrationId: null,
      data: {},
      config: {},
      status: 'active',
      ...withIds(state, each),
    })),
  };
}

/** What a body of POST or PUT becomes; `known` keeps its id and dates. */
export function storeWorkflow(
  state: State,
  organization: Organization,
  given: Readonly<JsonRecord>,
  known?: Readonly<JsonRecord>,
): JsonRecord {
  const now = isoTime(state.clock.now());
  const filters = given['actionFilters'];
  return {
    id: known?.['id'] ?? String(state.nextId()),
    name: given['name'],
    organizationId: organization.id,
    createdBy: known?.['createdBy'] ?? null,
    dateCreated: known?.['dateCreated'] ?? now,
    dateUpdated: now,
    triggers:
      given['triggers'] === undefined
        ? (known?.['triggers'] ?? null)
        : conditionGroup(state, organization, given['triggers']),
    actionFilters: Array.isArray(filters)
      ? filters.map((each: unknown) => conditionGroup(state, organization, each))
      : (known?.['actionFilters'] ?? []),
    environment: given['environment'] === undefined ? (known?.['environment'] ?? null) : given['environment'],
    config: given['config'] ?? known?.['config'] ?? {},
    detectorIds: listOf(given['detectorIds'] ?? known?.['detectorIds']).map(String),
    enabled: given['enabled'] ?? known?.['enabled'] ?? true,
    lastTriggered: known?.['lastTriggered'] ?? null,
    owner: given['owner'] ?? known?.['owner'] ?? null,
  };
}

export function addWorkflow(state: State, options: WorkflowOptions = {}): Stored {
  const organization = organizationOf(state, options.organization);
  const body = storeWorkflow(state, organization, {
    name: options.name ?? 'Send a notification for high priority issues',
    enabled: options.enabled ?? true,
    environment: options.environment ?? null,
    config: { frequency: options.frequency ?? 30 },
    triggers: {
      logicType: 'any-short',
      conditions: (options.triggers ?? ['first_seen_event']).map((type) => ({ type })),
    },
    actionFilters: options.actionFilters ?? [],
    detectorIds: options.detectorIds ?? [],
  });
  body['lastTriggered'] = options.lastTriggered === undefined ? null : isoTime(options.lastTriggered);
  body['createdBy'] = options.createdBy ?? null;
  const stored = { organization, body };
  state.workflows.push(stored);
  return stored;
}

/** A rule of `projects/{o}/{p}/rules/` of older servers. */
export function addProjectRule(
  state: State,
  reference: ProjectReference,
  options: Readonly<JsonRecord> = {},
): JsonRecord {
  const project = projectOf(state, reference);
  const body: JsonRecord = {
    id: String(state.nextId()),
    name: 'Send a notification for new issues',
    conditions: [
      { id: 'sentry.rules.conditions.first_seen_event.FirstSeenEventCondition', name: 'A new issue is created' },
    ],
    filters: [],
    actions: [{ id: 'sentry.mail.actions.NotifyEmailAction', targetType: 'IssueOwners', name: 'Send a notification' }],
    actionMatch: 'any',
    filterMatch: 'all',
    frequency: 30,
    environment: null,
    owner: null,
    createdBy: null,
    dateCreated: isoTime(project.dateCreated),
    projects: [project.slug],
    status: 'active',
    snooze: false,
    lastTriggered: null,
    ...options,
  };
  state.projectRules.push({ project, body });
  return body;
}

/** A metric alert of `alert-rules/` of older servers. */
export function addMetricRule(
  state: State,
  reference: ProjectReference,
  options: Readonly<JsonRecord> = {},
): JsonRecord {
  const project = projectOf(state, reference);
  const body: JsonRecord = {
    id: String(state.nextId()),
    name: 'High error count',
    organizationId: project.organization.id,
    status: 0,
    dataset: 'events',
    query: '',
    aggregate: 'count()',
    timeWindow: 60,
    thresholdType: 0,
    resolveThreshold: null,
    environment: null,
    projects: [project.slug],
    triggers: [{ id: String(state.nextId()), label: 'critical', alertThreshold: 100, actions: [] }],
    owner: null,
    dateCreated: isoTime(project.dateCreated),
    dateModified: isoTime(project.dateCreated),
    snooze: false,
    ...options,
  };
  state.metricRules.push({ organization: project.organization, body });
  return body;
}

export function addIntegration(
  state: State,
  options: {
    readonly provider: string;
    readonly name: string;
    readonly organization?: string;
    readonly domainName?: string;
  },
): Integration {
  const integration: Integration = {
    id: String(state.nextId()),
    provider: options.provider,
    name: options.name,
    organization: organizationOf(state, options.organization),
    domainName: options.domainName ?? null,
  };
  state.integrations.push(integration);
  return integration;
}

export function addRepository(state: State, name: string, options: { readonly organization?: string } = {}): Stored {
  const organization = organizationOf(state, options.organization);
  const stored: Stored = {
    organization,
    body: {
      id: String(state.nextId()),
      name,
      url: `https://github.com/${name}`,
      provider: { id: 'integrations:github', name: 'GitHub' },
      status: 'active',
      externalSlug: name,
      integrationId: null,
      dateCreated: isoTime(state.clock.now()),
    },
  };
  state.repositories.push(stored);
  return stored;
}
