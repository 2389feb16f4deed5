import { bytes, count, counted, nextCall, outside, page, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { SchemaDetail, SchemaPart, SchemaTable } from '../model/schema.ts';
import { excerpt } from '../text/excerpt.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput } from './paging.ts';
import { noRelation } from './no-relation.ts';

const longestColumns = 600;
const text = outside(z.string());
const line = z.strictObject({
  table: text,
  kind: z.string(),
  rows: z.number().optional().describe('estimate'),
  size: z.number(),
  columns: text,
  comment: text.optional(),
});
const part = z.strictObject({ name: text, definition: text });
const detail = z.strictObject({
  columns: z.array(
    z.strictObject({
      column: text,
      type: text,
      nullable: z.boolean(),
      value: text.optional(),
      comment: text.optional(),
    }),
  ),
  constraints: z.array(part),
  indexes: z.array(part),
  referencedBy: z.array(part),
  triggers: z.array(part),
  policies: z.array(part),
  partitions: z.array(part),
  query: text.optional(),
});
const partNames = ['constraints', 'indexes', 'referencedBy', 'triggers', 'policies', 'partitions'] as const;
const headings: Readonly<Record<(typeof partNames)[number], string>> = {
  constraints: 'Constraints',
  indexes: 'Indexes',
  referencedBy: 'Referred to by',
  triggers: 'Triggers',
  policies: 'Row security',
  partitions: 'Partitions',
};

export const schema = defineTool({
  name: 'pg_schema',
  title: 'Tables and what they are made of',
  description:
    'Tables and views, one line each: rows, size, columns, keys and what they refer to. object: one with its columns, constraints, indexes, foreign keys both ways, triggers, policies, partitions. search: a part of a name, column or comment.',
  searchHint: 'postgres schema tables columns describe relations foreign keys catalog find table',
  risk: 'read',
  input: z.strictObject({
    object: z.string().min(1).max(200).optional().describe('table or view, as in SQL'),
    search: z.string().min(1).max(100).optional(),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    tables: z.array(line),
    detail: detail.optional(),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    if (input.object !== undefined) {
      const found = await backend.schemaDetail(input.object, call.signal);
      if (found === undefined) throw noRelation('object', input.object);
      return { tables: [shown(found)], detail: shownDetail(found), total: 1 };
    }
    const { rows, total, cursor } = page(await backend.schema(input.search, call.signal), input);
    return { tables: rows.map(shown), total, ...(cursor === undefined ? {} : { cursor }) };
  },
  render(answer, { search }) {
    if (answer.detail !== undefined) return detailText(answer.tables[0], answer.detail);
    const lines = answer.tables.map(tableLine);
    const what = search === undefined ? 'tables and views' : 'found';
    const shownWords = lines.length < answer.total ? `, ${lines.length} shown` : '';
    return [
      `${answer.total} ${what}${shownWords}`,
      ...lines,
      ...(answer.cursor === undefined ? [] : [`Cursor: ${answer.cursor}`]),
      '',
      nextCall('pg_schema', { object: 'one of them, as shown' }),
    ].join('\n');
  },
});

type Line = z.output<typeof line>;

function tableLine({ table: name, kind, rows, size, columns, comment }: Line): string {
  const facts = [
    kind === 'table' ? '' : kind,
    rows === undefined ? '' : counted(rows, 'row'),
    size === 0 ? '' : bytes(size),
  ];
  const said = comment === undefined ? '' : ` -- ${comment}`;
  return `${name} (${facts.filter((one) => one !== '').join(', ')}): ${columns}${said}`;
}

function detailText(head: Line | undefined, shownParts: z.output<typeof detail>): string {
  const lines =
    head === undefined ? [] : [tableLine({ ...head, columns: count(shownParts.columns.length) + ' columns' })];
  lines.push('', table(shownParts.columns, ['column', 'type', 'nullable', 'value', 'comment']));
  for (const name of partNames) {
    const parts = shownParts[name];
    if (parts.length > 0)
      lines.push('', `${headings[name]}:`, ...parts.map((one) => `- ${one.name}: ${one.definition}`));
  }
  if (shownParts.query !== undefined) lines.push('', 'Query:', shownParts.query);
  return [...lines, '', nextCall('pg_index_audit')].join('\n');
}

function shown({ table: name, kind, rows, bytes: size, columns, comment }: SchemaTable) {
  return {
    table: name,
    kind,
    ...(rows < 0 || kind === 'view' ? {} : { rows }),
    size,
    columns: excerpt(columns, longestColumns),
    ...(comment === null ? {} : { comment }),
  };
}

function shownDetail(found: SchemaDetail) {
  const copies = (parts: readonly SchemaPart[]) => parts.map((one) => ({ ...one }));
  return {
    columns: found.columnList.map(({ value, comment, ...column }) => ({
      ...column,
      ...(value === null ? {} : { value }),
      ...(comment === null ? {} : { comment }),
    })),
    constraints: copies(found.constraints),
    indexes: copies(found.indexes),
    referencedBy: copies(found.referencedBy),
    triggers: copies(found.triggers),
    policies: copies(found.policies),
    partitions: copies(found.partitions),
    ...(found.query === null ? {} : { query: found.query }),
  };
}
