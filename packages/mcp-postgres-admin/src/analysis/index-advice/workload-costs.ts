import type { IndexShape } from './index-shape.ts';
import type { PlanCosts } from './plan-costs.ts';

/** An index that the search may choose. */
export interface SearchCandidate {
  readonly id: string;
  readonly shape: IndexShape;
  readonly bytes: number;
  /** What keeping it up to date takes, in the unit of the statements' times. */
  readonly upkeep: number;
  /** Places of the statements that it might serve. */
  readonly statements: ReadonlySet<number>;
}

export type Choice = readonly SearchCandidate[];

/** Times of a workload under choices of indexes. */
export interface WorkloadCosts {
  /** Time of each statement: what it takes now × planned cost ÷ planned cost now. */
  time(statement: number, choice: Choice): Promise<number>;
  /** All statements, and the upkeep of the indexes. */
  total(choice: Choice): Promise<number>;
  /** Time of a statement that no choice of the candidates undercuts. */
  floor(statement: number): number;
  readonly now: readonly number[];
}

const mostAtOnce = 150;

/**
 * @param weights time of each statement as it is, in any unit
 * @param candidates all that may ever be chosen
 */
export async function workloadCosts(
  weights: readonly number[],
  candidates: Choice,
  { plans, spent }: { readonly plans: PlanCosts; readonly spent: () => boolean },
): Promise<WorkloadCosts> {
  const before = await sequence(weights, (_weight, statement) => plans.cost(statement, []));
  const time = async (statement: number, choice: Choice): Promise<number> => {
    const serving = choice.filter(({ statements }) => statements.has(statement)).map(({ id }) => id);
    const cost = await plans.cost(statement, serving);
    return ((weights[statement] ?? 0) * cost) / Math.max(before[statement] ?? 0, Number.MIN_VALUE);
  };
  const floors = await sequence(weights, async (weight, statement) => {
    const serving = candidates.filter(({ statements }) => statements.has(statement));
    let least = weight;
    for (let from = 0; from < serving.length; from += mostAtOnce) {
      if (spent()) return 0;
      least = Math.min(least, await time(statement, serving.slice(from, from + mostAtOnce)));
    }
    return least;
  });
  return {
    time,
    now: weights,
    floor: (statement) => floors[statement] ?? 0,
    async total(choice) {
      const times = await sequence(weights, (_weight, statement) => time(statement, choice));
      return sum(times) + sum(choice.map(({ upkeep }) => upkeep));
    },
  };
}

/** One after the other: there is one connection. */
export async function sequence<Item, Result>(
  items: readonly Item[],
  work: (item: Item, place: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [place, item] of items.entries()) results.push(await work(item, place));
  return results;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
