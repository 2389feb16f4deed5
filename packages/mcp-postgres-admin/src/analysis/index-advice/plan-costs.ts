import type { Planned } from '../../model/index-advice.ts';

/** Plans a statement, by its place, as if these indexes were there. */
export type PlanWith = (statement: number, indexes: readonly string[]) => Promise<Planned>;

export interface PlanCosts {
  /** Planner's cost of a statement; indexes that cannot serve it are left out by the caller. */
  cost(statement: number, indexes: readonly string[]): Promise<number>;
  used(statement: number, indexes: readonly string[]): Promise<readonly string[]>;
  /** How many plans were made. */
  made(): number;
}

interface Entry extends Planned {
  readonly given: ReadonlySet<string>;
}

/**
 * Remembers plans. A plan that reads some of the indexes it was given costs the same with any choice of them that still has
 * those: the planner would not choose otherwise.
 */
export function rememberPlans(plan: PlanWith): PlanCosts {
  const entries = new Map<number, Entry[]>();
  let made = 0;
  const planned = async (statement: number, indexes: readonly string[]): Promise<Planned> => {
    const own = entries.get(statement) ?? [];
    entries.set(statement, own);
    const known = own.find(
      ({ given, used }) => indexes.every((index) => given.has(index)) && used.every((index) => indexes.includes(index)),
    );
    if (known) return known;
    made += 1;
    const answer = await plan(statement, indexes);
    own.push({ ...answer, given: new Set(indexes) });
    return answer;
  };
  return {
    cost: async (statement, indexes) => (await planned(statement, indexes)).cost,
    used: async (statement, indexes) => (await planned(statement, indexes)).used,
    made: () => made,
  };
}
