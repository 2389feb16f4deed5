import { Client } from 'pg';
import { createDice } from '../faults/workload.ts';
import type { PostgresServer } from '../postgres/types.ts';

/** A statement with the columns that its conditions and order name. */
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

interface Random {
  readonly dice: () => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** Different values of each column, as `r1.a`. */
type Distinct = Readonly<Record<string, number>>;

/**
 * Tables of random skew and a random workload over them: equalities, ranges, orders, groups and joins. The same seed makes the
 * same. What an index would cost can be told by hypopg, which has to be installed on the machine.
 */
export async function plantRandomWorkload(
  server: PostgresServer,
  options: { readonly database: string; readonly seed: number; readonly statements: number },
): Promise<RandomWorkload> {
  const { database, seed } = options;
  const random = createRandom(seed);
  const distinct = Object.fromEntries(
    tables.flatMap((table) =>
      columns.map((column) => [`${table}.${column}`, random.pick([20, 100, 500, 3000, 20_000])]),
    ),
  );
  const client = new Client({ connectionString: server.superuserUrl(database) });
  await client.connect();
  try {
    for (const table of tables) await fill(client, table, { distinct, seed, rows: 20_000 + random.dice() * 40_000 });
    await client.query('CREATE EXTENSION IF NOT EXISTS hypopg');
  } finally {
    await client.end();
  }
  // Commits are not synchronous here, and the counters of a session are told after it: only now are rows known and visible to all.
  await server.query('CHECKPOINT');
  await server.query('VACUUM ANALYZE', [], database);
  return {
    url: server.superuserUrl(database),
    tables: Object.fromEntries(tables.map((table) => [table, columns])),
    statements: Array.from({ length: options.statements }, () => randomStatement(random, distinct)),
  };
}

function createRandom(seed: number): Random {
  const dice = createDice(seed);
  return {
    dice,
    pick(items) {
      const item = items[Math.floor(dice() * items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}

interface Content {
  readonly distinct: Distinct;
  readonly seed: number;
  readonly rows: number;
}

async function fill(client: Client, table: string, { distinct, seed, rows }: Content): Promise<void> {
  const values = columns.map(
    (column, place) => `abs(hashint4(i + ${place * 7 + seed})) % ${distinct[`${table}.${column}`]}`,
  );
  const searched = columns.map((column) => `${column} int NOT NULL`).join(', ');
  await client.query(`CREATE TABLE ${table} (id int PRIMARY KEY, ${searched}, e int, payload text NOT NULL)`);
  await client.query(
    `INSERT INTO ${table} SELECT i, ${values.join(', ')}, i % 10, repeat('x', 40) FROM generate_series(1, ${Math.floor(rows)}) i`,
  );
}

function randomStatement({ dice, pick }: Random, distinct: Distinct): RandomStatement {
  const table = pick(tables);
  const other = table === 'r1' ? 'r2' : 'r1';
  const [first = 'a', second = 'b', third = 'c'] = columns.toSorted(() => dice() - 0.5);
  const values = (column: string): number => distinct[`${table}.${column}`] ?? 1;
  const equal = (column: string): string => `${table}.${column} = ${Math.floor(dice() * values(column))}`;
  const below = (column: string): string => `${table}.${column} < ${Math.ceil(values(column) / 20)}`;
  const all = `SELECT * FROM ${table} WHERE`;
  return pick<RandomStatement>([
    { sql: `${all} ${equal(first)}`, table, equal: [first], ranged: [] },
    { sql: `${all} ${equal(first)} AND ${equal(second)}`, table, equal: [first, second], ranged: [] },
    { sql: `${all} ${below(second)} AND ${equal(first)}`, table, equal: [first], ranged: [second] },
    {
      sql: `SELECT payload FROM ${table} WHERE ${below(third)} AND ${equal(second)} AND ${equal(first)}`,
      table,
      equal: [first, second],
      ranged: [third],
    },
    { sql: `${all} ${equal(first)} ORDER BY ${second} LIMIT 20`, table, equal: [first], ranged: [second] },
    {
      sql: `SELECT ${second}, count(*) FROM ${table} WHERE ${equal(first)} GROUP BY ${second}`,
      table,
      equal: [first],
      ranged: [second],
    },
    {
      sql: `SELECT r1.*, r2.payload FROM r1 JOIN r2 ON r1.id = r2.${second} WHERE ${equal(first)} AND ${other}.e < 5`,
      table,
      equal: [first],
      ranged: [],
    },
  ]);
}
