import { groupBy } from '../group-by.ts';
import type { StatementDelta } from '../statement-deltas.ts';
import type { WorkloadStatement } from './read-workload.ts';

const wantedShare = 0.95;
const mostStatements = 500;
/** More than are advised on, since many turn out to search no table. */
const mostRead = 1000;

/** The statements with most time, whoever ran them, at most 1,000; texts still missing. */
export function readStatements(deltas: readonly StatementDelta[]): readonly Omit<WorkloadStatement, 'sql'>[] {
  const statements = [...groupBy(deltas, ({ queryId }) => queryId)].map(([id, same]) => ({
    id,
    calls: total(same, 'calls'),
    totalMs: total(same, 'totalMs'),
    rows: total(same, 'rows'),
  }));
  return statements.toSorted((a, b) => b.totalMs - a.totalMs || (a.id < b.id ? -1 : 1)).slice(0, mostRead);
}

/** Those that take 95 % of the time of all, most time first, at most 500; all where times are not known. */
export function heaviest<Item extends { readonly statement: WorkloadStatement }>(
  items: readonly Item[],
): readonly Item[] {
  const time = ({ statement }: Item): number => statement.totalMs ?? 0;
  const wanted = items.reduce((sum, item) => sum + time(item), 0) * wantedShare;
  if (wanted === 0) return items;
  let before = 0;
  return items
    .toSorted((a, b) => time(b) - time(a) || (a.statement.id < b.statement.id ? -1 : 1))
    .filter((item) => {
      const taken = before < wanted;
      before += time(item);
      return taken;
    })
    .slice(0, mostStatements);
}

function total<Name extends string>(items: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return items.reduce((sum, item) => sum + item[name], 0);
}
