import type { IndexShape } from './index-shape.ts';
import { indexName, shapeSql } from './index-shape.ts';
import { indexBytes } from './index-size.ts';
import { type Judged, judge } from './judge.ts';
import type { PreparedWorkload } from './read-workload.ts';
import type { Refusal } from './refusals.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';

/** What an index does for one statement, in the planner's units. */
export interface StatementGain {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

export interface AdvisedIndex extends Judged {
  readonly table: string;
  readonly ddl: string;
  readonly undo: string;
  /** Estimated. */
  readonly bytes: number;
  /** Time of the workload that is lost without it, in the workload's unit; undefined where it was not planned. */
  readonly saved: number | undefined;
  /** Share 0–1 of the time of the statements that it serves. */
  readonly gain: number | undefined;
  readonly statements: readonly StatementGain[];
}

export interface Advice {
  readonly mode: 'planned' | 'structural';
  readonly indexes: readonly AdvisedIndex[];
  readonly refusals: readonly Refusal[];
  /** Time of all statements, in the workload's unit: ms, or planner's cost. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly plans: number;
  /** False: the time for planning ran out before the search ended. */
  readonly complete: boolean;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** An index that was chosen, before it has a name. */
export interface Chosen {
  readonly shape: IndexShape;
  readonly saved: number | undefined;
  readonly gain: number | undefined;
  readonly statements: readonly StatementGain[];
}

/** Gives the chosen indexes names, statements to build and to drop them, and what there is to say about each. */
export function advisedIndexes(
  chosen: readonly Chosen[],
  workload: PreparedWorkload,
  mode: Advice['mode'],
): readonly AdvisedIndex[] {
  const taken = new Set<string>();
  return chosen.map(({ shape, ...figures }) => {
    const name = indexName(shape, taken);
    taken.add(name);
    const beside = chosen.filter((one) => one.shape.table.oid === shape.table.oid).length;
    return {
      table: shape.table.sql,
      ddl: `CREATE INDEX CONCURRENTLY ${shownIdentifier(name)} ${shapeSql(shape)}`,
      undo: `DROP INDEX CONCURRENTLY ${shape.table.schemaSql}.${shownIdentifier(name)}`,
      bytes: indexBytes(shape),
      ...figures,
      ...judge(shape, { workload, mode, beside, statements: figures.statements.map(({ id }) => id) }),
    };
  });
}
