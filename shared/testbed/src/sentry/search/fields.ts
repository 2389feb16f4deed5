import { ApiError } from '../api-error.ts';

export interface Call {
  readonly kind: 'call';
  readonly text: string;
  readonly name: string;
  readonly arguments: readonly string[];
}

export type Field = Call | { readonly kind: 'column'; readonly text: string; readonly key: string };

export type Dataset =
  'errors' | 'spans' | 'logs' | 'uptime_results' | 'tracemetrics' | 'profile_functions' | 'discover' | 'transactions';

const errorColumns =
  'id project project.name project.id issue issue.id title message culprit event.type error.type error.value error.unhandled error.handled platform platform.name transaction release environment level trace span_id replayId timestamp timestamp.to_hour timestamp.to_day user user.id user.email user.display tags';
const spanColumns =
  'id span_id project project.name project.id transaction transaction.op span.op span.description span.category span.duration span.self_time span.status trace trace.status release environment is_transaction parent_span platform timestamp user user.id title';
const transactionColumns =
  'id project project.name project.id transaction transaction.op transaction.duration transaction.status release environment trace timestamp user title event.type platform';

const columns: Readonly<Record<Dataset, ReadonlySet<string>>> = {
  errors: new Set(errorColumns.split(' ')),
  spans: new Set(spanColumns.split(' ')),
  logs: new Set('id project project.name project.id message severity trace release environment timestamp'.split(' ')),
  uptime_results: new Set(
    'id project project.name project.id guid region environment request_url request_duration_us check_status http_status_code timestamp'.split(
      ' ',
    ),
  ),
  tracemetrics: new Set('id project project.name metric.name metric.type metric.unit value timestamp'.split(' ')),
  profile_functions: new Set('id project project.name function package timestamp'.split(' ')),
  discover: new Set(`${errorColumns} ${transactionColumns}`.split(' ')),
  transactions: new Set(transactionColumns.split(' ')),
};

const functions = new Set(
  'count count_unique count_if failure_rate failure_count epm eps p50 p75 p90 p95 p99 p100 avg sum min max last_seen first_seen apdex percentile'.split(
    ' ',
  ),
);

const isLegacy = (dataset: Dataset): boolean => ['errors', 'discover', 'transactions'].includes(dataset);

function parseField(text: string): Field {
  const call = /^([\w.]+)\((.*)\)$/s.exec(text);
  if (!call) {
    const tag = /^tags?\[([^\],]+)(?:,\s*\w+)?\]$/.exec(text);
    return { kind: 'column', text, key: tag?.[1] ?? text };
  }
  const inner = (call[2] ?? '').trim();
  const parts = inner === '' ? [] : inner.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  return { kind: 'call', text, name: call[1] ?? '', arguments: parts };
}

/** Whether the dataset has such a column: a built-in one, or a tag that some row carries. */
export type IsTag = (key: string) => boolean;

function checkColumn(dataset: Dataset, key: string, text: string, isTag: IsTag): void {
  if (columns[dataset].has(key) || isTag(key)) return;
  throw new ApiError(400, isLegacy(dataset) ? `Unknown field: ${text}` : `Could not parse ${text}`);
}

function checkCall(dataset: Dataset, field: Call, isTag: IsTag): void {
  if (!functions.has(field.name)) {
    throw new ApiError(
      400,
      isLegacy(dataset) ? `${field.name} is not a valid function` : `Unknown function ${field.name}`,
    );
  }
  const [first] = field.arguments;
  if (first !== undefined && field.name !== 'apdex') checkColumn(dataset, first, first, isTag);
  if (field.name === 'count_if' && field.arguments.length !== 3)
    throw new ApiError(400, 'count_if expects 3 argument(s)');
  if (['count_unique', 'sum', 'avg', 'min', 'max'].includes(field.name) && first === undefined)
    throw new ApiError(400, `${field.name}: expected 1 argument(s)`);
}

/** @throws ApiError 400 in Sentry's words */
export function parseFields(dataset: Dataset, texts: readonly string[], isTag: IsTag): readonly Field[] {
  if (texts.length === 0) throw new ApiError(400, 'No columns selected');
  if (texts.length > 20)
    throw new ApiError(400, 'You can view up to 20 fields at a time. Please delete some and try again.');
  return texts.map((text) => {
    const field = parseField(text);
    if (field.kind === 'call') checkCall(dataset, field, isTag);
    else checkColumn(dataset, field.key, text, isTag);
    return field;
  });
}

/** `-count()` also as `-count`, as older clients write it. */
export function sortField(fields: readonly Field[], sort: string, dataset: Dataset): { field: Field; down: boolean } {
  const down = sort.startsWith('-');
  const name = sort.replace(/^-/, '');
  const field = fields.find(
    (each) =>
      each.text === name ||
      (each.kind === 'call' && name === [each.name, ...each.arguments].join('_').replaceAll('.', '_')),
  );
  if (!field) {
    throw new ApiError(
      400,
      isLegacy(dataset)
        ? 'Cannot sort by a field that is not selected.'
        : 'orderby must also be in the selected columns or groupby',
    );
  }
  return { field, down };
}

/** Type and unit as `meta` names them. */
export function fieldType(field: Field): { readonly type: string; readonly unit: string | null } {
  const subject = field.kind === 'call' ? (field.arguments[0] ?? '') : field.key;
  if (field.kind === 'call') {
    if (['count', 'count_unique', 'count_if', 'failure_count'].includes(field.name))
      return { type: 'integer', unit: null };
    if (field.name === 'failure_rate') return { type: 'percentage', unit: null };
    if (field.name === 'epm' || field.name === 'eps')
      return { type: 'rate', unit: field.name === 'epm' ? '1/minute' : '1/second' };
    if (field.name.endsWith('_seen')) return { type: 'date', unit: null };
    if (/^p\d+$/.test(field.name) && subject === '') return { type: 'duration', unit: 'millisecond' };
  }
  if (/(^|\.)(duration|self_time)$/.test(subject)) return { type: 'duration', unit: 'millisecond' };
  if (subject.startsWith('timestamp')) return { type: 'date', unit: null };
  if (
    ['issue.id', 'project.id', 'http_status_code', 'request_duration_us', 'error.unhandled', 'error.handled'].includes(
      subject,
    )
  )
    return { type: 'integer', unit: null };
  if (subject === 'is_transaction') return { type: 'boolean', unit: null };
  return { type: field.kind === 'call' ? 'number' : 'string', unit: null };
}
