import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AdviceTable } from '../../model/index-advice.ts';
import { rememberPlans } from './plan-costs.ts';
import { searchIndexes } from './search.ts';
import { type SearchCandidate, sum, workloadCosts } from './workload-costs.ts';

const table = { oid: '1', sql: 'public.t', columns: [], indexes: [] } as unknown as AdviceTable;

interface World {
  readonly weights: readonly number[];
  /** What is left of each statement's cost with each index, 0–1. */
  readonly factors: readonly (readonly number[])[];
  readonly upkeep: readonly number[];
}

const worlds = fc.integer({ min: 1, max: 5 }).chain((statements) =>
  fc.integer({ min: 1, max: 6 }).chain((indexes) =>
    fc.record({
      weights: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: statements, maxLength: statements }),
      factors: fc.array(
        fc.array(fc.constantFrom(1, 1, 0.9, 0.5, 0.1, 0.01), { minLength: indexes, maxLength: indexes }),
        { minLength: statements, maxLength: statements },
      ),
      upkeep: fc.array(fc.constantFrom(0, 0, 1, 50), { minLength: indexes, maxLength: indexes }),
    }),
  ),
);

function candidatesOf({ weights, upkeep }: World): readonly SearchCandidate[] {
  return upkeep.map((cost, place) => ({
    id: `i${place}`,
    shape: { table, keys: [{ sql: `c${place}`, columns: [] }], include: [], predicate: undefined },
    bytes: 8192 * (place + 1),
    upkeep: cost,
    statements: new Set(weights.keys()),
  }));
}

/** A planner that takes the one best index for each statement. */
function plannerOf({ factors }: World) {
  return async (statement: number, ids: readonly string[]) => {
    const options = ids.map((id) => ({ id, factor: factors[statement]?.[Number(id.slice(1))] ?? 1 }));
    const best = options.reduce((least, one) => (one.factor < least.factor ? one : least), { id: '', factor: 1 });
    return { cost: 1000 * best.factor, used: best.id === '' ? [] : [best.id] };
  };
}

async function search(world: World, maxBytes = Number.POSITIVE_INFINITY) {
  const candidates = candidatesOf(world);
  const costs = await workloadCosts(world.weights, candidates, {
    plans: rememberPlans(plannerOf(world)),
    spent: () => false,
  });
  const choice = await searchIndexes(candidates, costs, { maxBytes, leastGain: 0.003, spent: () => false });
  return { candidates, costs, choice };
}

it('comes within a twentieth of the best of all choices', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { candidates, costs, choice } = await search(world);
      let best = Number.POSITIVE_INFINITY;
      for (let bits = 0; bits < 2 ** candidates.length; bits += 1) {
        best = Math.min(best, await costs.total(candidates.filter((_one, place) => (bits >> place) & 1)));
      }
      // A step that gains less than 0.3 % is not taken, whatever is left after it.
      expect(await costs.total(choice)).toBeLessThanOrEqual(best * 1.05 + 0.02 * sum(world.weights));
    }),
    { seed: 1, numRuns: 300 },
  );
});

it('never makes the workload slower, and chooses nothing that does nothing', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { costs, choice } = await search(world);
      const total = await costs.total(choice);
      expect(total).toBeLessThanOrEqual(sum(world.weights));
      for (const one of choice)
        expect(await costs.total(choice.filter((other) => other !== one))).toBeGreaterThan(total);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

it('drops an index that an exchange has made needless', async () => {
  const { choice, costs } = await search({
    weights: [1, 34, 60, 1],
    factors: [
      [1, 1, 1, 1],
      [0.1, 1, 1, 1],
      [0.01, 1, 0.1, 1],
      [1, 0.01, 0.01, 1],
    ],
    upkeep: [50, 0, 0, 0],
  });
  const total = await costs.total(choice);
  for (const one of choice) expect(await costs.total(choice.filter((other) => other !== one))).toBeGreaterThan(total);
});

it('chooses the same whatever order the candidates come in', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const { candidates, costs, choice } = await search(world);
      const turned = await searchIndexes(candidates.toReversed(), costs, {
        maxBytes: Infinity,
        leastGain: 0.003,
        spent: () => false,
      });
      expect(turned.map(({ id }) => id)).toEqual(choice.map(({ id }) => id));
    }),
    { seed: 3, numRuns: 200 },
  );
});

it('keeps within the bytes allowed', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.integer({ min: 0, max: 100_000 }), async (world, maxBytes) => {
      const { choice } = await search(world, maxBytes);
      expect(sum(choice.map(({ bytes }) => bytes))).toBeLessThanOrEqual(maxBytes);
    }),
    { seed: 4, numRuns: 200 },
  );
});

it('plans once what a known plan answers', async () => {
  const plans = rememberPlans(async (_statement, indexes) => ({ cost: 5, used: indexes.slice(0, 1) }));
  await plans.cost(0, ['a', 'b', 'c']);
  await plans.cost(0, ['a', 'c']);
  expect(plans.made()).toBe(1);
  await plans.cost(0, ['b', 'c']);
  await plans.cost(1, ['a', 'c']);
  expect(plans.made()).toBe(3);
});
