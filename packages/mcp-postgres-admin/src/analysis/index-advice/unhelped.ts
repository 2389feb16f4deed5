import { percent } from '@cinecom/mcp-core';
import { coveredBy, shapeSql } from './index-shape.ts';
import type { Prepared } from './read-workload.ts';
import type { Refusal } from './refusals.ts';
import type { TableRoles } from './statement-roles.ts';
import type { Choice, WorkloadCosts } from './workload-costs.ts';

interface Outcome {
  readonly open: readonly Prepared[];
  readonly costs: WorkloadCosts;
  readonly chosen: Choice;
  readonly candidates: Choice;
  readonly minGain: number;
  /** Tables, by oid, that were refused as a whole. */
  readonly refusedTables: ReadonlyMap<string, Refusal>;
}

const manyRows = 0.1;

/** Why statements that no advised index makes faster get none. */
export async function unhelped({
  open,
  costs,
  chosen,
  candidates,
  minGain,
  refusedTables,
}: Outcome): Promise<readonly Refusal[]> {
  const refusals = new Map<string, Refusal>();
  for (const [place, { roles, statement }] of open.entries()) {
    const now = costs.now[place] ?? 0;
    if ((await costs.time(place, chosen)) < now * (1 - minGain)) continue;
    for (const role of roles) {
      if (refusedTables.has(role.table.oid)) continue;
      const serving = candidates.filter(
        ({ shape, statements }) => statements.has(place) && shape.table.oid === role.table.oid,
      );
      const seen = { id: statement.id, serving, now, saved: now - costs.floor(place), minGain };
      const refusal = refuse(role, seen);
      if (refusal) refusals.set(`${refusal.index} ${refusal.why}`, refusal);
    }
  }
  return [...refusals.values()];
}

interface Seen {
  /** Of the statement. */
  readonly id: string;
  /** Candidates on the table that might serve the statement. */
  readonly serving: Choice;
  /** Time of the statement, and what the best choice of indexes would save of it. */
  readonly now: number;
  readonly saved: number;
  readonly minGain: number;
}

function refuse(role: TableRoles, seen: Seen): Refusal | undefined {
  const { table } = role;
  const [first] = [...role.equalities, ...role.joins, ...role.ranges];
  if (first === undefined) return undefined;
  const shape = { table, keys: [first], include: [], predicate: undefined };
  const there = coveredBy(shape);
  const why = there === undefined ? reason(role, seen) : `a prefix of ${there.name}, which is there`;
  return why === undefined ? undefined : { table: table.sql, index: shapeSql(shape), why };
}

function reason({ table, equalities }: TableRoles, { id, serving, now, saved, minGain }: Seen): string | undefined {
  if (serving.length === 0) return undefined;
  const share = equalities.reduce((product, { columns }) => {
    const distinct = table.columns.find(({ name }) => name === columns[0])?.distinct;
    return product / Math.max(1, distinct ?? 1);
  }, 1);
  if (equalities.length > 0 && share >= manyRows) return `low selectivity: a value fits ${percent(share)} of the rows`;
  const most = now <= 0 ? 0 : Math.max(0, saved / now);
  if (most < minGain) return `any index would save ${percent(most)} of ${id} at most, under ${percent(minGain)}`;
  const upkeep = Math.min(...serving.map((candidate) => candidate.upkeep));
  return upkeep >= saved
    ? `keeping it up to date with the rows written would take more than it saves of ${id}`
    : `what it saves of ${id} is too little of the whole`;
}
