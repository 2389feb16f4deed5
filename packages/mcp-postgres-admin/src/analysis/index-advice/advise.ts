import { percent } from '@cinecom/mcp-core';
import type { WhatIf } from '../../model/index-advice.ts';
import { type Advice, advisedIndexes, type Chosen } from './advice.ts';
import { findCandidates } from './candidates.ts';
import { indexBytes } from './index-size.ts';
import { rememberPlans } from './plan-costs.ts';
import type { PreparedWorkload } from './read-workload.ts';
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

/** Time that one written row takes in one more index. */
const upkeepMs = 0.02;

/** Searches the indexes by which the planner expects to save most, and says why others are not advised. */
export async function advise(workload: PreparedWorkload, session: WhatIf, limits: AdviceLimits): Promise<Advice> {
  const { prepared, traffic } = workload;
  const places = prepared.flatMap((_one, place) => (session.refused.has(place) ? [] : [place]));
  const open = places.flatMap((place) => prepared[place] ?? []);
  const refusedTables = tableRefusals(workload);
  const { candidates, existing } = findCandidates(
    open.map(({ roles }) => roles.filter(({ table }) => !refusedTables.has(table.oid))),
  );
  const possible = await session.possible(candidates.map(({ id }) => `CREATE INDEX ${id}`));
  const plans = rememberPlans(async (statement, ids) => {
    const { cost, used } = await session.plan(
      places[statement] ?? 0,
      ids.map((id) => `CREATE INDEX ${id}`),
    );
    return { cost, used: used.map((ddl) => ddl.replace('CREATE INDEX ', '')) };
  });
  const timed = open.some(({ statement }) => statement.totalMs !== undefined);
  const weights = await sequence(
    open,
    async ({ statement }, place) => statement.totalMs ?? (await plans.cost(place, [])),
  );
  const all: Choice = candidates
    .filter(({ id }) => possible.has(`CREATE INDEX ${id}`))
    .map((candidate) => {
      const written =
        (traffic.get(candidate.shape.table.oid)?.writtenRows ?? 0) * (candidate.shape.predicate?.share ?? 1);
      return { ...candidate, bytes: indexBytes(candidate.shape), upkeep: timed ? written * upkeepMs : 0 };
    });
  const costs = await workloadCosts(weights, all, plans);
  const spent = (): boolean => plans.made() >= limits.maxPlans || limits.late();
  const found = await searchIndexes(all, costs, { maxBytes: limits.maxBytes, spent });
  const { kept, dropped } = await keepGains(found, costs, limits.minGain);
  const gains = await sequence(kept, async (one) => ({ one, ...(await gainOf(one, kept, costs)) }));
  const chosen = await sequence(
    gains.toSorted((a, b) => b.saved - a.saved || (a.one.id < b.one.id ? -1 : 1)),
    async ({ one, saved, gain, served }): Promise<Chosen> => ({
      shape: one.shape,
      saved,
      gain,
      statements: await sequence(served, async (place) => ({
        id: open[place]?.statement.id ?? '',
        before: await plans.cost(place, []),
        after: await plans.cost(
          place,
          kept.filter(({ statements }) => statements.has(place)).map(({ id }) => id),
        ),
      })),
    }),
  );
  const rest = await unhelped({ open, costs, chosen: kept, candidates: all, existing, minGain: limits.minGain });
  return {
    mode: 'planned',
    indexes: advisedIndexes(chosen, workload, 'planned'),
    refusals: [...refusedTables.values(), ...dropped, ...rest],
    before: sum(weights),
    after: await costs.total(kept),
    plans: plans.made(),
    complete: !spent(),
    refused: [...session.refused].map(([place, why]) => ({ id: prepared[place]?.statement.id ?? '', why })),
  };
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
