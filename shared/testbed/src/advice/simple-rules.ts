import type { IndexJudge } from './index-judge.ts';
import type { RandomWorkload } from './random-workload.ts';

/** One index for each column that a condition or an order names: the rule of most checklists. */
export function indexPerColumn({ statements }: RandomWorkload): readonly string[] {
  return unique(
    statements.flatMap(({ table, equal, ranged }) => [...equal, ...ranged].map((column) => index(table, [column]))),
  );
}

/** One index a statement with all the columns of its conditions as they are written, as advisors over collected predicates make it. */
export function indexPerStatement({ statements }: RandomWorkload): readonly string[] {
  return unique(
    statements.map(({ sql, table, equal, ranged }) =>
      index(
        table,
        [...equal, ...ranged].toSorted((a, b) => placeOf(sql, a) - placeOf(sql, b)),
      ),
    ),
  );
}

/**
 * Imagine all indexes of one and two columns of a statement, keep those that its plan reads when they halve its cost: what
 * advisors do that look at one statement after another.
 */
export async function indexByStatementPlans(
  judge: IndexJudge,
  { statements }: RandomWorkload,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const { sql, table, equal, ranged } of statements) {
    const columns = [...new Set([...equal, ...ranged])];
    const pairs = columns.flatMap((first) =>
      columns.filter((other) => other !== first).map((second) => [first, second]),
    );
    const before = (await judge.plan(sql, [])).cost;
    const { cost, used } = await judge.plan(sql, [
      ...columns.map((column) => index(table, [column])),
      ...pairs.map((pair) => index(table, pair)),
    ]);
    if (cost <= before / 2) kept.push(...used);
  }
  return unique(kept);
}

function index(table: string, columns: readonly string[]): string {
  return `CREATE INDEX ON ${table} (${columns.join(', ')})`;
}

function placeOf(sql: string, column: string): number {
  return sql.search(new RegExp(`\\b${column}\\b`));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
