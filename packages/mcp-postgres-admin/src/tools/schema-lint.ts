import {
  counted,
  duration,
  finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { type DdlStep, lintDdl } from '../analysis/ddl/lint.ts';
import { parseDdl } from '../analysis/ddl/parse.ts';
import { catalogFindings } from '../analysis/schema-lint/catalog.ts';
import type { DatabaseBackend } from '../backend/port.ts';
import { excerpt } from '../text/excerpt.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';

const name = outside(z.string());
const step = z.strictObject({
  statement: z.int(),
  sql: name,
  target: name,
  lock: z.string(),
  work: z.string(),
  estimateMs: z.number().optional(),
});
const hit = z.strictObject({ rule: z.string(), object: name, why: name });
const longestSql = 120;

export const schemaLint = defineTool({
  name: 'pg_schema_lint',
  title: 'Check a schema, or a change of it',
  description:
    'With sql: what each DDL statement of a migration locks, whether it reads or rewrites the table, its size, who is in the way now, about how long, and the safe form; nothing is run. Without: weak points of the schema as it is. Before every migration.',
  searchHint: 'postgres migration ddl lock rewrite alter table safe lint schema review',
  risk: 'read',
  input: z.strictObject({
    sql: z.string().min(1).max(20_000).optional().describe('DDL to look at'),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding),
    notExamined: z.array(findingsReport.shape.notExamined.element.extend({ what: name })),
    steps: z.array(step).optional(),
    hits: z.array(hit).optional(),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    return input.sql === undefined
      ? ofCatalog(backend, input, call.signal)
      : ofDdl(backend, { ...input, sql: input.sql }, call.signal);
  },
  render(answer) {
    const lines = [renderFindings(answer)];
    if (answer.steps !== undefined && answer.steps.length > 0) {
      const rows = answer.steps.map((one) => ({
        ...one,
        about: one.estimateMs === undefined ? '' : duration(one.estimateMs),
      }));
      lines.push('', table(rows, ['statement', 'sql', 'target', 'lock', 'work', 'about']));
    }
    if (answer.hits !== undefined && answer.hits.length > 0)
      lines.push('', table(answer.hits, ['rule', 'object', 'why']));
    const shown = answer.steps?.length ?? answer.hits?.length ?? 0;
    lines.push(...shownOf(shown, answer));
    return [...lines, '', nextCall(answer.steps === undefined ? 'pg_index_audit' : 'pg_locks')].join('\n');
  },
});

type PageInput = Parameters<typeof page>[1];

async function ofDdl(backend: DatabaseBackend, input: PageInput & { readonly sql: string }, signal: AbortSignal) {
  const ddl = await parseDdl(input.sql);
  const report = lintDdl(ddl, await backend.ddlSurroundings(ddl, signal));
  const { rows, ...rest } = page(report.steps, input);
  return { ...findings({ ...report, window: 'now' }), steps: rows.map(shownStep), ...rest };
}

async function ofCatalog(backend: DatabaseBackend, input: PageInput, signal: AbortSignal) {
  const hits = await backend.lintCatalog(signal);
  const { rows, ...rest } = page(hits, input);
  const summary =
    hits.length === 0 ? 'no rule has anything to say' : `${counted(hits.length, 'weak point')} by 8 rules`;
  return {
    ...findings({ summary, findings: catalogFindings(hits), window: 'now' }),
    hits: rows.map((one) => ({ ...one })),
    ...rest,
  };
}

function shownStep({ statement, sql, effect, table: found, estimateMs }: DdlStep) {
  return {
    statement,
    sql: excerpt(sql, longestSql),
    target: found?.name ?? effect.target,
    lock: effect.lock,
    work: effect.work,
    ...(estimateMs === undefined ? {} : { estimateMs }),
  };
}
