import { ApiError, missing } from '../api-error.ts';
import { linkHeader, pageOf } from '../paging.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, projectsOf } from '../scope.ts';
import { type Dataset, type Field, fieldType, parseFields, sortField } from '../search/fields.ts';
import { parseQuery } from '../search/parse.ts';
import { runsOf, select, type Selection } from '../search/select.ts';
import { buildTable, compareValues, type Row } from '../search/table.ts';
import { lengthOf, type Window, windowOf } from '../search/window.ts';

const newDatasets = ['errors', 'spans', 'logs', 'uptime_results', 'tracemetrics', 'profile_functions'];

/** @throws ApiError 400 for one that this server does not know */
export function datasetOf(call: Call): Dataset {
  const known = call.features.datasets ? newDatasets : ['discover', 'transactions'];
  const name = call.query.get('dataset') ?? (call.features.datasets ? 'errors' : 'discover');
  if (!known.includes(name)) throw new ApiError(400, `dataset must be one of: ${known.join(', ')}`);
  return name as Dataset;
}

export function durationKeyOf(dataset: Dataset): string {
  return dataset === 'discover' || dataset === 'transactions' ? 'transaction.duration' : 'span.duration';
}

/** A key that some row of the dataset carries besides the built-in fields. */
export function tagTest(call: Call, dataset: Dataset): (key: string) => boolean {
  const runs = runsOf(call.state, dataset);
  if (call.state.discover.unknownFields === 'tag') return (key) => /^[\w.-]+$/.test(key);
  return (key) => runs.some((run) => run.constants.has(key) && !/duration|self_time/.test(key));
}

export function selectRows(call: Call, dataset: Dataset, window: Window): readonly Selection[] {
  const scope = {
    projects: projectsOf(call),
    environments: environmentsOf(call),
    query: parseQuery(call.query.get('query') ?? ''),
  };
  return select(runsOf(call.state, dataset), scope, window, call.now);
}

function describeFields(fields: readonly Field[]) {
  const described = fields.map((field) => [field.text, fieldType(field)] as const);
  return {
    fields: Object.fromEntries(described.map(([name, { type }]) => [name, type])),
    units: Object.fromEntries(described.map(([name, { unit }]) => [name, unit])),
  };
}

function sortRows(rows: Row[], fields: readonly Field[], sort: string | null, dataset: Dataset): Row[] {
  if (sort === null || sort === '') return rows;
  const { field, down } = sortField(fields, sort, dataset);
  const sign = down ? -1 : 1;
  return rows.toSorted((left, right) => sign * compareValues(left[field.text] ?? null, right[field.text] ?? null));
}

function listEvents(call: Call): Answer {
  const dataset = datasetOf(call);
  const page = pageOf(call, 'per_page', 50);
  const window = windowOf(call.query, call.now);
  const fields = parseFields(dataset, call.query.getAll('field'), tagTest(call, dataset));
  const sort = call.query.get('sort');
  const isNewestFirst = sort === null || sort === '-timestamp';
  const rows = buildTable(selectRows(call, dataset, window), fields, {
    windowMs: lengthOf(window),
    durationKey: durationKeyOf(dataset),
    now: call.now,
    limit: isNewestFirst ? page.offset + page.size + 1 : Infinity,
  });
  const sorted = sortRows(rows, fields, sort, dataset);
  return {
    body: {
      data: sorted.slice(page.offset, page.offset + page.size),
      meta: {
        ...describeFields(fields),
        isMetricsData: false,
        isMetricsExtractedData: false,
        tips: {},
        datasetReason: 'unchanged',
        dataset,
        dataScanned: call.state.sampling.dataScanned,
      },
    },
    headers: linkHeader(call, page, sorted.length > page.offset + page.size),
  };
}

function listTags(call: Call): Answer {
  const keys = new Map<string, number>();
  for (const { run, first, end } of selectRows(call, 'errors', windowOf(call.query, call.now))) {
    const tags = 'tags' in run ? (run.tags as ReadonlyMap<string, string>) : new Map<string, string>();
    for (const key of tags.keys()) keys.set(key, (keys.get(key) ?? 0) + end - first);
  }
  return { body: [...keys].map(([key, totalValues]) => ({ key, name: key, totalValues })) };
}

function listAttributes(call: Call): Answer {
  const dataset = call.query.get('dataset') ?? call.query.get('itemType') ?? 'spans';
  if (!call.features.datasets) throw missing();
  const runs = dataset === 'logs' ? call.state.logs : dataset === 'spans' ? call.state.spans : [];
  const keys = new Map<string, 'string' | 'number'>();
  for (const run of runs) {
    for (const [key, value] of run.constants) keys.set(key, typeof value === 'number' ? 'number' : 'string');
    for (const key of run.columns.keys()) keys.set(key, /duration|time/.test(key) ? 'number' : 'string');
  }
  const part = call.query.get('substringMatch') ?? '';
  const wanted = call.query.getAll('attributeType');
  const found = [...keys].filter(([key, type]) => key.includes(part) && (wanted.length === 0 || wanted.includes(type)));
  return {
    body: found.map(([key, attributeType]) => ({
      key,
      name: key,
      attributeSource: { source_type: 'sentry' },
      attributeType,
    })),
  };
}

export const discoverRoutes: readonly Route[] = [
  { method: 'GET', template: `${organizationPath}events/`, scopes: scopes.organization, handle: listEvents },
  { method: 'GET', template: `${organizationPath}tags/`, scopes: scopes.organization, handle: listTags },
  {
    method: 'GET',
    template: `${organizationPath}trace-items/attributes/`,
    scopes: scopes.organization,
    handle: listAttributes,
  },
];
