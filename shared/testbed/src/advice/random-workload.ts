import { Client } from 'pg';
import { createDice } from '../faults/workload.ts';
import type { PostgresServer } from '../postgres/types.ts';

/** A statement with the columns that its conditions and order name, as `table.column`. */
export interface RandomStatement {
  readonly sql: string;
  readonly table: string;
  /** Compared for equality. */
  readonly equal: readonly string[];
  /** Compared as a range, or ordered by. */
  readonly ranged: readonly string[];
}

export interface RandomWorkload {
  readonly url: string;
  /** Columns that statements search, by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly statements: readonly RandomStatement[];
}

const columns = ['a', 'b', 'c', 'd'] as const;
const tables = ['r1', 'r2'] as const;

/**
 * Tables of random skew and a random workload over them: equalities, ranges, orders, groups and joins. The same seed makes the
 * same. Cost of every index can be told by hypopg, which has to be installed on the machine.
 */
export async function plantRandomWorkload(
  server: PostgresServer,
  {
    database,
    seed,
    statements: wanted,
  }: { readonly database: string; readonly seed: number; readonly statements: number },
): Promise<RandomWorkload> {
  const dice = createDice(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(dice() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const client = new Client({ connectionString: server.superuserUrl(database) });
  await client.connect();
  const distinct: Record<string, number> = {};
  try {
    for (const table of tables) {
      const rows = 20_000 + Math.floor(dice() * 40_000);
      const values = columns.map((column, place) => {
        distinct[`${table}.${column}`] = pick([20, 100, 500, 3000, 20_000]);
        return `abs(hashint4(i + ${place * 7 + seed})) % ${distinct[`${table}.${column}`]}`;
      });
      await client.query(
        `CREATE TABLE ${table} (id int PRIMARY KEY, ${columns.map((column) => `${column} int NOT NULL`).join(', ')}, e int, payload text NOT NULL)`,
      );
      await client.query(
        `INSERT INTO ${table} SELECT i, ${values.join(', ')}, i % 10, repeat('x', 40) FROM generate_series(1, ${rows}) i`,
      );
    }
    await client.query('CREATE EXTENSION IF NOT EXISTS hypopg');
  } finally {
    await client.end();
  }
  // Commits are not synchronous here, and the counters of a session are told after it: only now are rows known and visible to all.
  await server.query('CHECKPOINT');
  await server.query('VACUUM ANALYZE', [], database);
  const value = (table: string, column: string): number => Math.floor(dice() * (distinct[`${table}.${column}`] ?? 1));
  const statements = Array.from({ length: wanted }, (): RandomStatement => {
    const table = pick(tables);
    const shuffled = [...columns].toSorted(() => dice() - 0.5);
    const [first = 'a', second = 'b', third = 'c'] = shuffled;
    const equal = (column: string): string => `${table}.${column} = ${value(table, column)}`;
    const below = (column: string): string =>
      `${table}.${column} < ${Math.ceil((distinct[`${table}.${column}`] ?? 1) / 20)}`;
    const other = table === 'r1' ? 'r2' : 'r1';
    return pick<() => RandomStatement>([
      () => ({ sql: `SELECT * FROM ${table} WHERE ${equal(first)}`, table, equal: [first], ranged: [] }),
      () => ({
        sql: `SELECT * FROM ${table} WHERE ${equal(first)} AND ${equal(second)}`,
        table,
        equal: [first, second],
        ranged: [],
      }),
      () => ({
        sql: `SELECT * FROM ${table} WHERE ${below(second)} AND ${equal(first)}`,
        table,
        equal: [first],
        ranged: [second],
      }),
      () => ({
        sql: `SELECT payload FROM ${table} WHERE ${below(third)} AND ${equal(second)} AND ${equal(first)}`,
        table,
        equal: [first, second],
        ranged: [third],
      }),
      () => ({
        sql: `SELECT * FROM ${table} WHERE ${equal(first)} ORDER BY ${second} LIMIT 20`,
        table,
        equal: [first],
        ranged: [second],
      }),
      () => ({
        sql: `SELECT ${second}, count(*) FROM ${table} WHERE ${equal(first)} GROUP BY ${second}`,
        table,
        equal: [first],
        ranged: [second],
      }),
      () => ({
        sql: `SELECT r1.*, r2.payload FROM r1 JOIN r2 ON r1.id = r2.${second} WHERE ${table}.${first} = ${value(table, first)} AND ${other}.e < 5`,
        table,
        equal: [first],
        ranged: [],
      }),
    ])();
  });
  return {
    url: server.superuserUrl(database),
    tables: Object.fromEntries(tables.map((table) => [table, columns])),
    statements,
  };
}
