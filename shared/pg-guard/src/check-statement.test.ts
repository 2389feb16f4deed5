import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS } from '../test/hostile-text.ts';
import { checkStatement } from './check-statement.ts';
import { type GuardRefusal, isGuardRefusal } from './refusal.ts';

async function refusalOf(sql: string): Promise<GuardRefusal> {
  try {
    await checkStatement(sql);
  } catch (error) {
    if (isGuardRefusal(error)) return error;
    throw error;
  }
  throw new Error(`accepted: ${sql}`);
}

async function functionNames(sql: string): Promise<string[]> {
  const { references } = await checkStatement(sql);
  return references.functions.map(
    ({ schema, name, form }) => `${form}:${schema === undefined ? '' : `${schema}.`}${name}`,
  );
}

describe('checkStatement', () => {
  it.each(HOSTILE_TEXTS)('refuses by $rule: $sql', async ({ sql, rule }) => {
    const refusal = await refusalOf(sql);
    expect(refusal).toMatchObject({ rule });
    expect(refusal.message).not.toBe('');
    expect(refusal.instead).not.toBe('');
  });

  it.each([
    ['SELECT 1', 'select', false],
    ['VALUES (1), (2)', 'select', false],
    ['TABLE orders', 'select', false],
    ['SELECT 1;', 'select', false],
    ['(SELECT 1)', 'select', false],
    ['EXPLAIN SELECT 1', 'explain', false],
    ['EXPLAIN ANALYZE VALUES (1)', 'explain', true],
    ['EXPLAIN (ANALYZE, BUFFERS, FORMAT json) TABLE orders', 'explain', true],
    ['SHOW ALL', 'show', false],
    ['SHOW server_version', 'show', false],
  ] as const)('accepts %s', async (sql, kind, analyze) => {
    expect(await checkStatement(sql)).toMatchObject({ sql, kind, analyze });
  });

  it('points at the place in the text, not at a byte', async () => {
    const sql = `SELECT '日本語😀', * FROM (WITH x AS (DELETE FROM 注文 RETURNING 1) SELECT * FROM x) y`;
    expect((await refusalOf(sql)).position).toBe(sql.indexOf('x AS (DELETE'));
    const broken = `SELECT '日本語😀' FORM orders WHERE`;
    expect((await refusalOf(broken)).position).toBe(broken.indexOf('orders'));
    const sleeping = `SELECT '日本語😀', pg_sleep(1)`;
    const { references } = await checkStatement(sleeping);
    expect(references.functions[0]?.position).toBe(sleeping.indexOf('pg_sleep'));
  });

  it('finds functions wherever they hide', async () => {
    expect(await functionNames(`SELECT * FROM ROWS FROM (pg_ls_dir('.'), f(1) AS (a int))`)).toEqual(
      expect.arrayContaining(['call:pg_ls_dir', 'call:f']),
    );
    expect(await functionNames(`SELECT U&"\\0070g_sleep"(1), "pg_catalog"."pg_sleep"(2)`)).toEqual(
      expect.arrayContaining(['call:pg_sleep', 'call:pg_catalog.pg_sleep']),
    );
    expect(await functionNames(`SELECT 1 ORDER BY (SELECT f() OVER (PARTITION BY g() ORDER BY h()))`)).toEqual(
      expect.arrayContaining(['call:f', 'call:g', 'call:h']),
    );
    expect(await functionNames(`SELECT (1::float8).pg_sleep, o.trap, count(*) FILTER (WHERE k()) FROM o`)).toEqual(
      expect.arrayContaining(['field:pg_sleep', 'column:trap', 'call:count', 'call:k']),
    );
    expect(await functionNames(`SELECT * FROM o TABLESAMPLE evil (f(1)) REPEATABLE (g(2))`)).toEqual(
      expect.arrayContaining(['sampling:evil', 'call:f', 'call:g']),
    );
    expect(await functionNames(`SELECT 1 LIMIT f() OFFSET g()`)).toEqual(expect.arrayContaining(['call:f', 'call:g']));
    expect(
      await functionNames(`SELECT * FROM XMLTABLE('/a' PASSING f() COLUMNS b text PATH g() DEFAULT h()) x`),
    ).toEqual(expect.arrayContaining(['call:f', 'call:g', 'call:h']));
    expect(
      await functionNames(
        `SELECT * FROM JSON_TABLE(f(), '$' PASSING g() AS p COLUMNS (a int PATH '$' DEFAULT h() ON EMPTY)) j`,
      ),
    ).toEqual(expect.arrayContaining(['call:f', 'call:g', 'call:h', 'syntax:json_table']));
    expect(await functionNames(`SELECT JSON_ARRAYAGG(f() ORDER BY g()), JSON_OBJECT('a': h())`)).toEqual(
      expect.arrayContaining(['call:f', 'call:g', 'call:h']),
    );
  });

  it('lists the operators that grammar implies', async () => {
    const operators = async (sql: string): Promise<string[]> =>
      [...new Set((await checkStatement(sql)).references.operators.map(({ name }) => name))].toSorted();
    expect(await operators('SELECT a IN (1) , a <-> b, a OPERATOR(app.===) b')).toEqual(['<->', '=', '===']);
    expect(await operators('SELECT * FROM a JOIN b USING (id)')).toEqual(['<>', '=']);
    expect(await operators('SELECT * FROM a NATURAL JOIN b')).toEqual(['<>', '=']);
    expect(await operators('SELECT CASE a WHEN 1 THEN 2 END')).toEqual(['<>', '=']);
    expect(await operators('SELECT a IN (SELECT 1)')).toEqual(['<>', '=']);
    expect(await operators('SELECT a > ALL (SELECT 1), b BETWEEN 1 AND 2')).toEqual(['<', '<=', '>', '>=']);
    expect(await operators(`SELECT a LIKE 'x', b ILIKE 'y', c SIMILAR TO 'z'`)).toEqual(['~', '~~', '~~*']);
    expect(await operators('SELECT 1 ORDER BY a USING <<<')).toEqual(['<<<']);
  });

  it('lists types, relations, common tables and parameters', async () => {
    const { references } = await checkStatement(
      `WITH c AS (SELECT $2::app.money) SELECT CAST(a AS trap), trap2 'x' FROM c, app.orders, json_to_record($1) AS r(b trap3)`,
    );
    const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);
    expect(names(references.types)).toEqual(expect.arrayContaining(['money', 'trap', 'trap2', 'trap3']));
    expect(names(references.relations).toSorted()).toEqual(['c', 'orders']);
    expect(references).toMatchObject({ commonTables: ['c'], parameters: 2 });
  });

  it('survives texts that nest as deep as the length allows', async () => {
    const deep = [
      (count: number) => `SELECT ${'('.repeat(count)}1${')'.repeat(count)}`,
      (count: number) => `SELECT ${'NOT '.repeat(count)}true`,
      (count: number) => `SELECT ${'(SELECT '.repeat(count)}1${')'.repeat(count)}`,
      (count: number) => `SELECT 1${'+1'.repeat(count)}`,
      (count: number) => `SELECT ${'f('.repeat(count)}1${')'.repeat(count)}`,
      (count: number) => `SELECT ${'CASE WHEN true THEN '.repeat(count)}1${' END'.repeat(count)}`,
      (count: number) => `${'(SELECT 1 UNION '.repeat(count)}SELECT 1${')'.repeat(count)}`,
      (count: number) => `SELECT ${'ARRAY['.repeat(count)}1${']'.repeat(count)}`,
      (count: number) => `SELECT * FROM ${'('.repeat(count)}a${' CROSS JOIN a)'.repeat(count)}`,
    ];
    for (const make of deep) {
      const longest = Math.floor(20_000 / (make(2).length - make(1).length)) - 10;
      const outcome: unknown = await checkStatement(make(longest)).catch((error: unknown) => error);
      expect(isGuardRefusal(outcome) ? outcome.rule : 'accepted').toMatch(/^(accepted|too-deep)$/);
      expect((await refusalOf('SELECT 1 FOR UPDATE')).rule).toBe('locking');
      expect(await functionNames('SELECT pg_sleep(1)')).toEqual(['call:pg_sleep']);
    }
  });

  it('parses on after texts that break the parser', async () => {
    const breaking = `SELECT 1${'+1'.repeat(9_900)}`;
    for (let count = 0; count < 26; count += 1) expect((await refusalOf(breaking)).rule).toBe('too-deep');
    expect(await functionNames('SELECT pg_sleep(1)')).toEqual(['call:pg_sleep']);
  });

  it('refuses a text over the limit before parsing it', async () => {
    expect(await refusalOf(`SELECT '${'x'.repeat(20_000)}'`)).toMatchObject({ rule: 'too-long', position: 20_000 });
    await expect(checkStatement('SELECT 12345', { maxLength: 5 })).rejects.toMatchObject({ rule: 'too-long' });
  });

  it('never fails otherwise than by a refusal, whatever the text', async () => {
    const words = fc.constantFrom(
      ...`SELECT FROM WHERE ( ) , ; 'x' "y" $1 U&"\\0061" E'\\'' $$ -- /* */ :: . [ ] * 日本 INTO FOR UPDATE WITH AS DELETE`.split(
        ' ',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words).map((list) => list.join(' ')),
        ),
        async (sql) => {
          const outcome: unknown = await checkStatement(sql).catch((error: unknown) => error);
          expect(isGuardRefusal(outcome) || (outcome as { sql?: string }).sql === sql).toBe(true);
        },
      ),
    );
  });
});
