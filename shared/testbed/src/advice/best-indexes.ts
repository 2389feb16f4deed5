import type { IndexJudge } from './index-judge.ts';
import type { RandomStatement, RandomWorkload } from './random-workload.ts';

export interface IndexSet {
  readonly indexes: readonly string[];
  readonly cost: number;
}

const widest = 3;

/** Tries every set of up to `most` indexes, of every width to 3 and in every order, and returns the cheapest. */
export async function bestIndexes(
  judge: IndexJudge,
  { tables, statements }: RandomWorkload,
  most: number,
): Promise<IndexSet> {
  // An index that begins with a column a statement does not name cannot serve it; SELECT of other columns bars index-only scans.
  const serves = ({ sql }: RandomStatement, table: string, key: string | undefined): boolean =>
    sql.includes(table) && new RegExp(`\\b${key}\\b`).test(sql);
  const all = Object.entries(tables).flatMap(([table, columns]) =>
    arrangements(columns, widest).map((keys) => ({
      ddl: `CREATE INDEX ON ${table} (${keys.join(', ')})`,
      serves: statements.map((statement) => serves(statement, table, keys[0])),
    })),
  );
  const known = statements.map(() => new Map<string, number>());
  const costOf = async (set: typeof all): Promise<number> => {
    let sum = 0;
    for (const [place, statement] of statements.entries()) {
      const serving = set.filter((index) => index.serves[place]).map(({ ddl }) => ddl);
      const key = serving.join(';');
      const cost = known[place]?.get(key) ?? (await judge.plan(statement.sql, serving)).cost;
      known[place]?.set(key, cost);
      sum += cost;
    }
    return sum;
  };
  let best: IndexSet = { indexes: [], cost: await costOf([]) };
  const useful = all.filter(({ serves: places }) => places.includes(true));
  for (const set of choices(useful, most)) {
    const cost = await costOf(set);
    if (cost < best.cost) best = { indexes: set.map(({ ddl }) => ddl), cost };
  }
  return best;
}

/** Every index of every width to 3 and in every order. */
export function possibleIndexes({ tables }: RandomWorkload): readonly string[] {
  return Object.entries(tables).flatMap(([table, columns]) =>
    arrangements(columns, widest).map((keys) => `CREATE INDEX ON ${table} (${keys.join(', ')})`),
  );
}

function arrangements(items: readonly string[], most: number): readonly (readonly string[])[] {
  if (most === 0) return [];
  return items.flatMap((item) => [
    [item],
    ...arrangements(
      items.filter((other) => other !== item),
      most - 1,
    ).map((rest) => [item, ...rest]),
  ]);
}

function* choices<Item>(items: readonly Item[], most: number, from = 0): Generator<Item[]> {
  if (most === 0) return;
  for (let place = from; place < items.length; place += 1) {
    const item = items[place];
    if (item === undefined) continue;
    yield [item];
    for (const rest of choices(items, most - 1, place + 1)) yield [item, ...rest];
  }
}
