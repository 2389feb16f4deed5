import { percent } from '@cinecom/mcp-core';
import type { WhatIf } from '../../model/index-advice.ts';
import { type Advice, advisedIndexes, type Chosen } from './advice.ts';
import { findCandidates } from './candidates.ts';
import { indexBytes } from './index-size.ts';
import type { IndexShape } from './index-shape.ts';
import { type PlanCosts, rememberPlans } from './plan-costs.ts';
import type { Prepared, PreparedWorkload } from './read-workload.ts';
import { type Refusal, refuseTable } from './refusals.ts';
import { searchIndexes } from './search.ts';
import { unhelped } from './unhelped.ts';
import { type Choice, sequence, sum, type WorkloadCosts, workloadCosts } from './workload-costs.ts';

export interface AdviceLimits {
  /** Share 0–1 of the time of the statements an index serves that it has to save. */
  readonly minGain: number;
  /** Bytes of all advised indexes. */
  readonly maxBytes: number;
  /** Plans at most, so that a machine's speed does not decide what is advised. */
  readonly maxPlans: number;
  /** True once the time is over. */
  readonly late: () => boolean;
}

/** Time that one written row takes in one more index: 3–7 µs measured with all pages in memory, which not all are. */
const upkeepMs = 0.01;
const create = 'CREATE INDEX ';
/** A statement that costs less reads a few pages by an index already: what the planner promises beyond that is not felt. */
const cheapCost = 25;
/** Of what ran, little is left to itself; a statement that was given is meant, however cheap it is beside the others. */
const leastGains = { timed: 0.003, given: 0.0003 };

/** Searches the indexes by which the planner expects to save most, and says why others are not advised. */
export async function advise(workload: PreparedWorkload, session: WhatIf, limits: AdviceLimits): Promise<Advice> {
  const problem = await pose(workload, session);
  const { open, plans, candidates, refusedTables, weights, leastGain } = problem;
  const spent = (): boolean => plans.made() >= limits.maxPlans || session.full() || limits.late();
  const costs = await workloadCosts(weights, candidates, { plans, spent });
  const found = await searchIndexes(candidates, costs, { maxBytes: limits.maxBytes, leastGain, spent });
  const { kept, dropped } = await keepGains(found, costs, limits.minGain);
  const chosen = await describe(kept, problem, costs);
  const rest = await unhelped({ open, costs, chosen: kept, candidates, minGain: limits.minGain, refusedTables });
  return {
    mode: 'planned',
    indexes: advisedIndexes(chosen, workload, 'planned'),
    refusals: [...refusedTables.values(), ...dropped, ...rest],
    before: sum(weights),
    after: await costs.total(kept),
    plans: plans.made(),
    complete: !spent(),
    refused: [...session.refused].map(([place, why]) => ({ id: workload.prepared[place]?.statement.id ?? '', why })),
  };
}

interface Problem {
  /** Statements that can be planned; their places are those of all that follows. */
  readonly open: readonly Prepared[];
  readonly plans: PlanCosts;
  readonly weights: readonly number[];
  readonly leastGain: number;
  readonly candidates: Choice;
  readonly refusedTables: ReadonlyMap<string, Refusal>;
}

async function pose(workload: PreparedWorkload, session: WhatIf): Promise<Problem> {
  const { prepared, traffic } = workload;
  const places = prepared.flatMap((_one, place) => (session.refused.has(place) ? [] : [place]));
  const open = places.flatMap((place) => prepared[place] ?? []);
  const refusedTables = tableRefusals(workload);
  const plans = rememberPlans(async (statement, ids) => {
    const { cost, used } = await session.plan(
      places[statement] ?? 0,
      ids.map((id) => `${create}${id}`),
    );
    return { cost, used: used.map((ddl) => ddl.slice(create.length)) };
  });
  const before = await sequence(open, (_one, place) => plans.cost(place, []));
  const roles = open.map((one, place) =>
    one.roles.filter(({ table }) => (before[place] ?? 0) >= cheapCost && !refusedTables.has(table.oid)),
  );
  const candidates = findCandidates(roles);
  const possible = await session.possible(candidates.map(({ id }) => `${create}${id}`));
  const timed = open.some(({ statement }) => statement.totalMs !== undefined);
  const upkeep = ({ table, predicate }: IndexShape): number =>
    timed ? (traffic.get(table.oid)?.writtenRows ?? 0) * (predicate?.share ?? 1) * upkeepMs : 0;
  return {
    open,
    plans,
    refusedTables,
    weights: open.map(({ statement }, place) => statement.totalMs ?? before[place] ?? 0),
    leastGain: timed ? leastGains.timed : leastGains.given,
    candidates: candidates
      .filter(({ id }) => possible.has(`${create}${id}`))
      .map((candidate) => ({ ...candidate, bytes: indexBytes(candidate.shape), upkeep: upkeep(candidate.shape) })),
  };
}

/** What each chosen index gains, most first. */
async function describe(kept: Choice, { open, plans }: Problem, costs: WorkloadCosts): Promise<readonly Chosen[]> {
  const gains = await sequence(kept, async (one) => ({ one, ...(await gainOf(one, kept, costs)) }));
  return sequence(
    gains.toSorted((a, b) => b.saved - a.saved || (a.one.id < b.one.id ? -1 : 1)),
    async ({ one, saved, gain, served }): Promise<Chosen> => ({
      shape: one.shape,
      saved,
      gain,
      statements: await sequence(served, async (place) => {
        const serving = kept.filter(({ statements }) => statements.has(place)).map(({ id }) => id);
        return {
          id: open[place]?.statement.id ?? '',
          before: await plans.cost(place, []),
          after: await plans.cost(place, serving),
        };
      }),
    }),
  );
}

/** By oid of the table. */
export function tableRefusals({ tables, traffic }: PreparedWorkload): ReadonlyMap<string, Refusal> {
  return new Map(
    tables.flatMap((table) => {
      const why = refuseTable(table, traffic.get(table.oid));
      return why === undefined ? [] : [[table.oid, { table: table.sql, index: undefined, why }] as const];
    }),
  );
}

interface Gain {
  readonly saved: number;
  readonly gain: number;
  /** Places of the statements that are slower without it. */
  readonly served: readonly number[];
}

async function gainOf(one: Choice[number], choice: Choice, costs: WorkloadCosts): Promise<Gain> {
  const without = choice.filter((other) => other !== one);
  const times = await sequence(
    [...one.statements].toSorted((a, b) => a - b),
    async (place) => ({
      place,
      before: await costs.time(place, without),
      after: await costs.time(place, choice),
    }),
  );
  const served = times.filter(({ before, after }) => before > after * 1.001);
  const saved = sum(served.map(({ before, after }) => before - after)) - one.upkeep;
  return {
    saved,
    gain: saved / Math.max(sum(served.map(({ before }) => before)), Number.MIN_VALUE),
    served: served.map(({ place }) => place),
  };
}

/** Takes out, the least first, what saves less than it has to. */
async function keepGains(choice: Choice, costs: WorkloadCosts, minGain: number) {
  const dropped: Refusal[] = [];
  let kept = choice;
  for (;;) {
    const gains = await sequence(kept, async (one) => ({ one, ...(await gainOf(one, kept, costs)) }));
    const [worst] = gains.toSorted((a, b) => a.gain - b.gain);
    if (worst === undefined || worst.gain >= minGain) return { kept, dropped };
    kept = kept.filter((one) => one !== worst.one);
    const why = `would save ${percent(Math.max(0, worst.gain))} of the statements it serves, under ${percent(minGain)}`;
    dropped.push({ table: worst.one.shape.table.sql, index: worst.one.id, why });
  }
}
