import type { CheckIn, Detector, Monitor, MonitorEnvironment, Monitors } from '../../model/monitor.ts';
import type { Scope } from '../../model/scope.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, numberOf, textOf, textsOf, timeOf } from '../../model/told.ts';
import { scopeQuery } from './scope-query.ts';

const most = { monitors: 500, detectors: 1000 };

export function createMonitors(api: SentryApi): Monitors {
  return {
    async list(scope, signal) {
      const { organization } = scope;
      const all = await api.all('monitors', { organization }, scopeQuery(scope), most.monitors, signal);
      return all.flatMap((item) => monitorOf(item) ?? []);
    },
    async checkIns({ organization }, monitor, limit, signal) {
      const { body } = await api.get('checkIns', { organization, monitor }, new URLSearchParams(), signal);
      return listOf(body).slice(0, limit).map(checkInOf);
    },
    async detectors(scope, signal) {
      return (await detectorsOf(api, scope, signal)).detectors;
    },
    detectorList: (scope, signal) => detectorsOf(api, scope, signal),
  };
}

async function detectorsOf(
  api: SentryApi,
  scope: Scope,
  signal: AbortSignal,
): Promise<{ readonly detectors: readonly Detector[]; readonly isCut: boolean }> {
  const query = scopeQuery({ ...scope, environments: [] });
  const parts = { organization: scope.organization };
  const { items, isCut } = await api.list('detectors', parts, query, most.detectors, signal);
  return { detectors: items.flatMap((item) => detectorOf(item) ?? []), isCut };
}

function monitorOf(item: unknown): Monitor | undefined {
  const told = fieldsOf(item);
  const slug = textOf(told['slug']) ?? textOf(told['id']);
  if (slug === undefined) return undefined;
  const config = fieldsOf(told['config']);
  return {
    slug,
    name: textOf(told['name']),
    project: textOf(fieldsOf(told['project'])['slug']),
    status: textOf(told['status']),
    isMuted: told['isMuted'] === true,
    schedule: scheduleOf(config['schedule']),
    timezone: textOf(config['timezone']),
    environments: environmentsOf(told['environments']).map(environmentOf),
  };
}

/** A list, though the API's document has one object. */
function environmentsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? listOf(value) : typeof value === 'object' && value !== null ? [value] : [];
}

function environmentOf(item: unknown): MonitorEnvironment {
  const told = fieldsOf(item);
  return {
    name: textOf(told['name']) ?? '',
    status: textOf(told['status'])?.toLowerCase(),
    isMuted: told['isMuted'] === true,
    lastCheckIn: timeOf(told['lastCheckIn']),
    nextCheckIn: timeOf(told['nextCheckIn']),
    nextCheckInLatest: timeOf(told['nextCheckInLatest']),
    incidentSince: timeOf(fieldsOf(told['activeIncident'])['startingTimestamp']),
  };
}

/** A crontab as it is, an interval `[10, "minute"]` in words. */
function scheduleOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const parts = textsOf(value);
  return parts.length === 0 ? undefined : `every ${parts.join(' ')}`;
}

function checkInOf(item: unknown): CheckIn {
  const told = fieldsOf(item);
  return {
    at: timeOf(told['dateCreated']) ?? timeOf(told['dateAdded']),
    status: textOf(told['status'])?.toLowerCase(),
    environment: textOf(told['environment']),
    durationMs: numberOf(told['duration']),
    expectedAt: timeOf(told['expectedTime']),
  };
}

function detectorOf(item: unknown): Detector | undefined {
  const told = fieldsOf(item);
  const id = textOf(told['id']);
  if (id === undefined) return undefined;
  return {
    id,
    name: textOf(told['name']),
    type: textOf(told['type']),
    projectId: textOf(told['projectId']),
    isEnabled: told['enabled'] !== false,
    address: textOf(fieldsOf(fieldsOf(listOf(told['dataSources'])[0])['queryObj'])['url']),
    workflowIds: textsOf(told['workflowIds']),
  };
}
