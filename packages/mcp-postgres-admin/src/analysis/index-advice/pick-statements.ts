import { groupBy } from '../group-by.ts';
import type { StatementDelta } from '../statement-deltas.ts';
import type { WorkloadStatement } from './read-workload.ts';

const wantedShare = 0.95;
const mostStatements = 500;

/** The statements, whoever ran them, that take 95 % of the time together, at most 500, most time first; texts still missing. */
export function pickStatements(deltas: readonly StatementDelta[]): readonly Omit<WorkloadStatement, 'sql'>[] {
  const statements = [...groupBy(deltas, ({ queryId }) => queryId)].map(([id, same]) => ({
    id,
    calls: total(same, 'calls'),
    totalMs: total(same, 'totalMs'),
    rows: total(same, 'rows'),
  }));
  const ordered = statements.toSorted((a, b) => b.totalMs - a.totalMs || (a.id < b.id ? -1 : 1));
  const wanted = total(ordered, 'totalMs') * wantedShare;
  let before = 0;
  return ordered.slice(0, mostStatements).filter(({ totalMs }) => {
    const taken = before < wanted;
    before += totalMs;
    return taken;
  });
}

function total<Name extends string>(items: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return items.reduce((sum, item) => sum + item[name], 0);
}
