import { isToolError } from '@cinecom/mcp-core';
import type { Access, Capability, CapabilityName } from '../../model/access.ts';
import type { PathParts, RouteName } from '../http/routes.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, textOf, textsOf } from '../../model/told.ts';

/** What the token may do, and how the server's clock stands to ours. */
export async function readAccess(
  api: SentryApi,
  kind: Access['kind'],
  now: () => number,
  signal: AbortSignal,
): Promise<Access> {
  const { body, headers } = await api.get('root', {}, new URLSearchParams(), signal);
  const told = fieldsOf(body);
  const auth = fieldsOf(told['auth']);
  const date = Date.parse(headers.date ?? '');
  return {
    scopes: 'scopes' in auth ? textsOf(auth['scopes']) : undefined,
    clockSkewMs: Number.isNaN(date) ? undefined : date - now(),
    kind,
    version: textOf(told['release']) ?? textOf(fieldsOf(told['version'])['current']),
  };
}

type Probe = readonly [route: RouteName, parts: PathParts, query: Readonly<Record<string, string>>];

/** One cheap request a capability. */
function probes(now: number, project: string | undefined): Readonly<Partial<Record<CapabilityName, Probe>>> {
  const span = { start: new Date(now - 3_600_000).toISOString(), end: new Date(now).toISOString() };
  const every = { project: '-1' };
  return {
    workflows: ['workflows', {}, every],
    detectors: ['detectors', {}, every],
    ...(project === undefined ? {} : { legacyRules: ['projectRules', { project }, {}] as const }),
    spans: ['events', {}, { ...every, ...span, dataset: 'spans', field: 'count()', query: '', per_page: '1' }],
    timeseries: [
      'timeseries',
      {},
      { ...every, ...span, dataset: 'errors', yAxis: 'count()', interval: '3600', query: '' },
    ],
    sessions: ['sessions', {}, { ...every, ...span, field: 'sum(session)', interval: '1h' }],
    monitors: ['monitors', {}, every],
    outcomes: [
      'outcomes',
      {},
      { ...span, groupBy: 'outcome', category: 'error', field: 'sum(quantity)', interval: '1h' },
    ],
    projectKeys: ['projectKeys', {}, {}],
  };
}

/** @param project slug of any project, since rules of older servers belong to one */
export async function readCapability(
  api: SentryApi,
  { organization, project }: { readonly organization: string; readonly project: string | undefined },
  name: CapabilityName,
  now: number,
  signal: AbortSignal,
): Promise<Capability> {
  const probed = probes(now, project)[name];
  if (probed === undefined) return 'absent';
  const [route, parts, query] = probed;
  return probe(api, route, { ...parts, organization }, query, signal);
}

async function probe(
  api: SentryApi,
  route: RouteName,
  parts: PathParts,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Capability> {
  try {
    await api.get(route, parts, new URLSearchParams(query), signal);
    return 'present';
  } catch (error) {
    if (!isToolError(error)) throw error;
    if (error.code === 'backend_not_found' || error.code === 'invalid_input') return 'absent';
    if (error.code === 'backend_forbidden') return 'forbidden';
    throw error;
  }
}
