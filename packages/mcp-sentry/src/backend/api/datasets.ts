import type { Dataset, TableOptions } from '../../model/query.ts';

/** A question in the words of the server that is asked. */
export interface Worded {
  readonly dataset: string;
  readonly fields: readonly string[];
  readonly query: string;
  readonly sort: string | undefined;
  /** The name that was asked for, by the name that the server answers with. */
  readonly askedName: ReadonlyMap<string, string>;
}

/** Servers from before spans know transactions only, under names of their own. */
const transactionNames: readonly (readonly [RegExp, string])[] = [
  [/\bspan\.duration\b/g, 'transaction.duration'],
  [/\bspan\.op\b/g, 'transaction.op'],
  [/\bspan\.status\b/g, 'transaction.status'],
  [/\bis_transaction:(1|true)\b/g, ''],
];

/** @param generation `current` knows today's datasets, `older` has `discover` and transactions in their place */
export function worded(
  {
    dataset,
    fields,
    query = '',
    sort,
  }: Pick<TableOptions, 'fields' | 'query' | 'sort'> & { readonly dataset: Dataset },
  generation: 'current' | 'older',
): Worded {
  if (generation === 'current' || !hasOlderWords(dataset)) {
    return { dataset, fields, query, sort, askedName: new Map(fields.map((field) => [field, field])) };
  }
  const rename = (text: string): string =>
    dataset === 'spans' ? transactionNames.reduce((part, [old, name]) => part.replaceAll(old, name), text) : text;
  const kind = dataset === 'spans' ? 'event.type:transaction' : '!event.type:transaction';
  const inner = rename(query).trim();
  return {
    dataset: 'discover',
    fields: fields.map(rename),
    query: inner === '' ? kind : `${kind} (${inner})`,
    sort: sort === undefined ? undefined : rename(sort),
    askedName: new Map(fields.map((field) => [rename(field), field])),
  };
}

/** Whether servers from before spans know it too, under another name. */
export function hasOlderWords(dataset: Dataset): boolean {
  return dataset === 'errors' || dataset === 'spans';
}
