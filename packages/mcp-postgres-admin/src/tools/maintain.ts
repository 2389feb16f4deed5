import { bytes as shownBytes, duration, longWork, nextCall, outside, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { indexBuild } from '../analysis/create-index.ts';
import { maintenanceSql, maintenanceWarnings, maintenanceWords, unfit } from '../analysis/maintenance.ts';
import type { MaintenanceOp, MaintenanceStep, MaintenanceTarget } from '../model/maintenance.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { noRelation } from './no-relation.ts';

const result = z.strictObject({ bytesAfter: z.number(), elapsedMs: z.number() });

export const maintain = defineTool({
  name: 'pg_maintain',
  title: 'Maintain a table or index',
  description:
    'Maintains one table or index while it stays in use: statistics, vacuum, freeze, rebuild, or one new index. First returns a plan with a code. After 40 s it goes on as an operation, which pg_cancel ends.',
  searchHint: 'analyze vacuum reindex create index maintenance bloat fix',
  risk: 'write',
  input: z.strictObject({
    op: z.enum(['analyze', 'vacuum', 'freeze', 'reindex_concurrently', 'create_index_concurrently']),
    object: z.string().min(1).max(200).optional().describe('table or index, as in SQL'),
    ddl: z.string().min(1).max(4000).optional().describe('one CREATE INDEX'),
    database: databaseInput,
  }),
  output: z.strictObject({
    verdict: z.enum(['ok', 'running']),
    object: outside(z.string()),
    sql: outside(z.string()),
    operation: z.string(),
    bytesBefore: z.number(),
    ...result.partial().shape,
  }),
  async plan({ op, object, ddl, database }, call) {
    const backend = await inScope(database, call);
    const { name, build } = await named(op, object, ddl);
    const target = await backend.maintenanceTarget(name, call.signal);
    if (target === undefined) throw noRelation('object', name);
    if (target.inRecovery)
      throw new ToolError('invalid_input', 'the server is a standby: nothing can be maintained there', {
        hint: 'Ask the primary.',
      });
    const why = unfit(op, target);
    if (why !== undefined)
      throw new ToolError('invalid_input', `object: ${why}`, { hint: 'Choose another op or object.' });
    const sql = maintenanceSql(op, target, build);
    return {
      summary: `${maintenanceWords[op]} ${quote(target.name)} (${shownBytes(target.bytes)})`,
      steps: [
        quote(sql),
        ...(sql.includes('CONCURRENTLY') ? ['on failure: drop the invalid index that it leaves'] : []),
      ],
      targets: [{ type: target.kind === 'i' || target.kind === 'I' ? 'index' : 'table', id: name }],
      warnings: maintenanceWarnings(op, target, call.settings.capacity),
      undo:
        build === undefined
          ? 'nothing to undo: content stays as it is'
          : 'pg_change drop_index while it is invalid, duplicate or long unused; else DROP INDEX CONCURRENTLY by hand',
      observed: { oid: target.oid, object: name, op, sql, database: database ?? null },
    };
  },
  async apply({ observed: { oid, object, op, sql, database } }, call) {
    const backend = await inScope(database ?? undefined, call);
    const target = await backend.maintenanceTarget(object, call.signal);
    if (target?.oid !== oid) throw moved(object);
    const { operation, result: outcome } = await longWork(call, 'maintenance', async (work) => {
      const began = performance.now();
      const told = ({ done, total, phase }: MaintenanceStep): void => work.progress(done, total, phase);
      const bytesAfter = await backend.maintain(target, { op, sql }, told, work.signal);
      return { bytesAfter, elapsedMs: performance.now() - began };
    });
    return {
      verdict: outcome === undefined ? ('running' as const) : ('ok' as const),
      object: target.name,
      sql,
      operation,
      bytesBefore: target.bytes,
      ...result.partial().parse(outcome ?? {}),
    };
  },
  render({ verdict, object, sql, operation, bytesBefore, bytesAfter, elapsedMs }) {
    if (verdict === 'running') {
      return [
        `RUNNING: ${sql}`,
        `Goes on as operation ${operation}; pg_cancel with it ends it.`,
        nextCall('pg_activity'),
      ].join('\n');
    }
    const size = bytesAfter === undefined ? '' : `, ${shownBytes(bytesBefore)} before, ${shownBytes(bytesAfter)} now`;
    return [`OK: ${sql}`, `${object}${size}, in ${duration(elapsedMs ?? 0)}.`, nextCall('pg_overview')].join('\n');
  },
});

async function named(op: MaintenanceOp, object: string | undefined, ddl: string | undefined) {
  if (op === 'create_index_concurrently') {
    if (ddl === undefined || object !== undefined)
      throw new ToolError('invalid_input', 'ddl: create_index_concurrently takes ddl, and no object', {
        hint: 'For example: CREATE INDEX ON public.bookings (screening_id); pg_explain with hypotheticalIndexes tells whether it would be used.',
      });
    const build = await indexBuild(ddl);
    return { name: build.table, build: build.sql };
  }
  if (object === undefined || ddl !== undefined)
    throw new ToolError('invalid_input', `object: ${op} takes object, and no ddl`, { hint: 'Name a table or index.' });
  return { name: object, build: undefined };
}

function moved(object: MaintenanceTarget['name']): ToolError {
  return new ToolError('backend_conflict', `${quote(object)} is another object than was planned for`, {
    hint: 'Nothing was done. Plan again.',
  });
}
