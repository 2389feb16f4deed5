import type { Guarded } from '@cinecom/pg-guard';
import { indexBuild } from '../../analysis/create-index.ts';
import type { AdviceToTry, AdviceTrial } from '../../model/advice-trial.ts';
import type { PostgresSettings } from '../../settings.ts';
import { toToolError } from '../errors.ts';
import { createGuard } from '../guard.ts';
import { createPool, type Pool } from '../pool.ts';
import { withReader } from '../reader.ts';

const executions = 3;

/**
 * Builds the advised indexes on a restored copy and times the statements before and after; each through the guard, so that
 * nothing but reading is executed.
 *
 * @param url of the copy
 */
export async function tryAdvice(
  url: string,
  { indexes, statements }: AdviceToTry,
  settings: PostgresSettings,
  signal: AbortSignal,
): Promise<AdviceTrial> {
  const [reader, builder] = [poolOf(url, settings, true), poolOf(url, settings, false)];
  const guard = createGuard(reader, { ...settings, powerfulRole: 'warn' });
  try {
    // A restored copy has neither statistics nor a visibility map.
    await withReader(builder, signal, ({ rows }) => rows('VACUUM (ANALYZE)'));
    const before = await timesOf(guard, statements, signal);
    const built: AdviceTrial['built'][number][] = [];
    for (const ddl of indexes) built.push({ ddl, bytes: await buildIndex(builder, ddl, signal) });
    const after = await timesOf(guard, statements, signal);
    return { built, ...compared(statements, before, after) };
  } finally {
    await reader.close();
    await builder.close();
  }
}

function poolOf(
  connectionString: string,
  { statementTimeout, lockTimeout }: PostgresSettings,
  readOnly: boolean,
): Pool {
  return createPool({
    client: {
      connectionString,
      readOnly,
      statementTimeoutMs: readOnly ? statementTimeout * 1000 : 0,
      lockTimeoutMs: lockTimeout * 1000,
    },
    limit: 1,
    keep: 0,
    log: () => undefined,
  });
}

async function buildIndex(builder: Pool, ddl: string, signal: AbortSignal): Promise<number> {
  const { sql, table } = await indexBuild(ddl);
  return withReader(builder, signal, async ({ row, rows }) => {
    const size = `SELECT pg_catalog.pg_indexes_size(pg_catalog.to_regclass($1))::float8 AS bytes`;
    const { bytes: before } = await row<{ bytes: number }>(size, [table]);
    await rows(sql);
    return (await row<{ bytes: number }>(size, [table])).bytes - before;
  });
}

type Times = ReadonlyMap<string, number | string>;

/** Execution time in ms by id, or why there is none. */
async function timesOf(guard: Guarded, statements: AdviceToTry['statements'], signal: AbortSignal): Promise<Times> {
  const times = new Map<string, number | string>();
  for (const { id, sql } of statements) times.set(id, await timeOf(guard, sql, signal));
  return times;
}

async function timeOf(guard: Guarded, sql: string, signal: AbortSignal): Promise<number | string> {
  if (/\$\d/.test(sql)) return 'its values are not known';
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let execution = 0; execution < executions; execution += 1) {
      const { rows } = await guard.run(`EXPLAIN (ANALYZE, TIMING OFF) ${sql}`, { signal, maxRows: 1000 });
      const [, ms] = /^Execution Time: ([\d.]+) ms$/.exec(String(rows.at(-1)?.[0])) ?? [];
      if (ms === undefined) return 'its plan is too long to be read';
      least = Math.min(least, Number(ms));
    }
    return least;
  } catch (error) {
    signal.throwIfAborted();
    return toToolError(error).message;
  }
}

function compared(statements: AdviceToTry['statements'], before: Times, after: Times): Omit<AdviceTrial, 'built'> {
  const timed: AdviceTrial['timed'][number][] = [];
  const skipped: AdviceTrial['skipped'][number][] = [];
  for (const { id, before: cost, after: less } of statements) {
    const [beforeMs, afterMs] = [before.get(id), after.get(id)];
    if (typeof beforeMs === 'number' && typeof afterMs === 'number') {
      timed.push({ id, beforeMs, afterMs, predicted: cost > 0 ? less / cost : 1 });
    } else {
      const why = [beforeMs, afterMs].find((one) => typeof one === 'string');
      skipped.push({ id, why: why ?? 'it was not timed' });
    }
  }
  return { timed, skipped };
}
