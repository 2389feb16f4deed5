import type { AlterContext } from './alter-table.ts';
import type { Effect } from './effect.ts';
import { functionsIn, innerOf, listAt, type Node, nodeAt, relationName, textAt, words } from './node.ts';

const serials: readonly string[] = ['serial', 'serial4', 'bigserial', 'serial8', 'smallserial', 'serial2'];

/** ADD COLUMN: quick, unless every row needs a value of its own or has to be looked at. */
export function addedColumn(command: Node, { surroundings }: AlterContext): Omit<Effect, 'target'> {
  const column = nodeAt(nodeAt(command, 'def') ?? {}, 'ColumnDef') ?? {};
  const constraints = innerOf(listAt(column, 'constraints'), 'Constraint');
  const kinds = constraints.map((one) => textAt(one, 'contype') ?? '');
  const base = { rule: 'add_column', lock: 'ACCESS EXCLUSIVE' } as const;
  const rewrite = rewriteReason(column, constraints, surroundings.volatileFunctions);
  if (rewrite !== undefined) {
    return {
      ...base,
      work: 'rewrite',
      why: `${rewrite}: every row is written anew`,
      safe: 'Add it without, set the default afterwards, and fill old rows in batches',
    };
  }
  if (kinds.some((kind) => kind === 'CONSTR_PRIMARY' || kind === 'CONSTR_UNIQUE')) {
    return {
      ...base,
      work: 'build',
      why: 'an index is built under the lock',
      safe: 'Add the column; CREATE UNIQUE INDEX CONCURRENTLY; ADD CONSTRAINT … USING INDEX',
    };
  }
  const foreign = constraints.find((one) => textAt(one, 'contype') === 'CONSTR_FOREIGN');
  const refers = foreign && relationName(nodeAt(foreign, 'pktable'));
  const other =
    refers === undefined ? {} : { other: { target: refers, lock: 'SHARE ROW EXCLUSIVE', work: 'none' } as const };
  if (kinds.includes('CONSTR_CHECK') || (foreign !== undefined && kinds.includes('CONSTR_DEFAULT'))) {
    return {
      ...base,
      ...other,
      work: 'scan',
      why: 'every row is looked at under the lock',
      safe: 'Add the column; ADD CONSTRAINT … NOT VALID; VALIDATE CONSTRAINT',
    };
  }
  if (kinds.includes('CONSTR_NOTNULL') && !kinds.includes('CONSTR_DEFAULT')) {
    return {
      ...base,
      ...other,
      work: 'scan',
      why: 'every row is looked at, and the first ends it: none has a value',
      fails: 'a column that is NOT NULL needs a DEFAULT where there are rows',
      safe: 'Give it a DEFAULT, or add it without NOT NULL and fill it first',
    };
  }
  return {
    ...base,
    ...other,
    work: 'none',
    why: 'the catalog alone changes; a constant default is kept beside the rows',
  };
}

function rewriteReason(column: Node, constraints: readonly Node[], volatile: readonly string[]): string | undefined {
  const type = words(listAt(nodeAt(column, 'typeName') ?? {}, 'names')).at(-1) ?? '';
  if (serials.includes(type)) return `${type} takes a number for each row`;
  for (const constraint of constraints) {
    const kind = textAt(constraint, 'contype');
    if (kind === 'CONSTR_IDENTITY') return 'an identity takes a number for each row';
    if (kind === 'CONSTR_GENERATED' && textAt(constraint, 'generated_kind') !== 'v') return 'a stored generated column';
    const changing =
      kind === 'CONSTR_DEFAULT' ? functionsIn(constraint).find((name) => volatile.includes(name)) : undefined;
    if (changing !== undefined) return `${changing}() gives each row its own value`;
  }
  return undefined;
}
