import { percent } from '@cinecom/mcp-core';
import { shapeSql } from './index-shape.ts';
import type { Prepared } from './read-workload.ts';
import type { Refusal } from './refusals.ts';
import type { TableRoles } from './statement-roles.ts';
import type { Choice, WorkloadCosts } from './workload-costs.ts';

interface Outcome {
  readonly open: readonly Prepared[];
  readonly costs: WorkloadCosts;
  readonly chosen: Choice;
  readonly candidates: Choice;
  /** Shapes that are there already, with the name of the index. */
  readonly existing: ReadonlyMap<string, string>;
  readonly minGain: number;
}

const manyRows = 0.1;

/** Why statements that no advised index makes faster get none. */
export async function unhelped({
  open,
  costs,
  chosen,
  candidates,
  existing,
  minGain,
}: Outcome): Promise<readonly Refusal[]> {
  const refusals = new Map<string, Refusal>();
  for (const [place, { roles }] of open.entries()) {
    const now = costs.now[place] ?? 0;
    if ((await costs.time(place, chosen)) < now * (1 - minGain)) continue;
    const most = now <= 0 ? 0 : 1 - costs.floor(place) / now;
    for (const role of roles) {
      if (candidates.every(({ shape }) => shape.table.oid !== role.table.oid) && existing.size === 0) continue;
      const why = reason(role, { existing, most, minGain });
      if (why) refusals.set(`${why.table} ${why.index} ${why.why}`, why);
    }
  }
  return [...refusals.values()];
}

interface Seen {
  readonly existing: ReadonlyMap<string, string>;
  /** Share that the best choice of indexes would save. */
  readonly most: number;
  readonly minGain: number;
}

function reason(role: TableRoles, { existing, most, minGain }: Seen): Refusal | undefined {
  const { table } = role;
  const keys = [...role.equalities, ...role.joins, ...role.ranges];
  const [first] = keys;
  if (first === undefined) return undefined;
  const shape = shapeSql({ table, keys: [first], include: [], predicate: undefined });
  const there = existing.get(shape);
  if (there !== undefined) return { table: table.sql, index: shape, why: `a prefix of ${there}, which is there` };
  const share = role.equalities.reduce((product, { columns }) => {
    const distinct = table.columns.find(({ name }) => name === columns[0])?.distinct;
    return product / Math.max(1, distinct ?? 1);
  }, 1);
  if (role.equalities.length > 0 && share >= manyRows)
    return { table: table.sql, index: shape, why: `low selectivity: a value fits ${percent(share)} of the rows` };
  const why = `any index would save ${percent(Math.max(0, most))} at most, under ${percent(minGain)}`;
  return most < minGain ? { table: table.sql, index: shape, why } : undefined;
}
