import { counted, duration, outside, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';

const parameter = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
const cell = z.union([outside(z.string()), z.number(), z.boolean(), z.null()]);

export const freeQuery = defineTool({
  name: 'pg_query',
  title: 'Run SQL that only reads',
  description:
    'Runs one SELECT, VALUES, TABLE, EXPLAIN or SHOW that provably changes nothing; anything else is refused with the rule, the place and what to use instead. Use it for what no other tool answers. Values go as params ($1, $2…). Long values are cut and their length told; there is no cursor: page by key (WHERE id > last ORDER BY id).',
  searchHint: 'sql select read-only query rows count data',
  risk: 'read',
  budgetChars: 40_000,
  input: z.strictObject({
    sql: z.string().min(1).max(20_000).describe('one statement'),
    params: z.array(parameter).max(100).default([]).describe('values of $1, $2…; a list as one array literal {1,2,3}'),
    maxRows: z.int().min(1).max(1000).default(100).describe('rows to return'),
    maxBytes: z.int().min(100).max(38_000).default(8000).describe('bytes of values to return'),
    database: databaseInput,
  }),
  output: z.strictObject({
    columns: z.array(outside(z.string())),
    rows: z.array(z.array(cell)),
    cut: z.array(
      z.strictObject({ row: z.int(), column: z.int(), length: z.int().describe('characters of the whole value') }),
    ),
    more: z.enum(['rows', 'bytes']).optional().describe('the cap that left rows out'),
    elapsedMs: z.number(),
    warnings: z.array(z.string()),
  }),
  async handle({ sql, params, maxRows, maxBytes, database }, call) {
    const backend = await inScope(database, call);
    const { signal } = call;
    const { more, ...answer } = await backend.runSql({ sql, parameters: params, maxRows, maxBytes }, signal);
    return {
      columns: [...answer.columns],
      rows: answer.rows.map((row) => [...row]),
      cut: [...answer.cut],
      ...(more === undefined ? {} : { more }),
      elapsedMs: answer.elapsedMs,
      warnings: [...answer.warnings],
    };
  },
  render({ columns, rows, cut, more, elapsedMs, warnings }, { maxRows, maxBytes }) {
    const lines = [
      `OK: ${more === undefined ? counted(rows.length, 'row') : `${rows.length} of more rows`} in ${duration(elapsedMs)}`,
    ];
    lines.push(...warnings.map((warning) => `Warning: ${warning}`));
    if (rows.length > 0) lines.push('', grid(columns, rows));
    if (cut.length > 0)
      lines.push(
        `Cut values: ${cut.map(({ row, column, length }) => `row ${row + 1} ${columns[column]} has ${length} characters`).join('; ')}`,
      );
    if (more === 'rows')
      lines.push(
        `More rows than maxRows ${maxRows} exist. Aggregate, or page by key: WHERE key > last value ORDER BY key.`,
      );
    if (more === 'bytes')
      lines.push(`The next row passes maxBytes ${maxBytes}. Select fewer columns, or raise it (≤38,000).`);
    return lines.join('\n');
  },
});

type Cell = z.output<typeof cell>;

/** Columns may share a name, as in SELECT 1, 1: each keeps its place. */
function grid(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const names = columns.map((name, index) => (columns.indexOf(name) === index ? name : `${name} #${index + 1}`));
  const records = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? 'NULL'])));
  return table(records, names);
}
