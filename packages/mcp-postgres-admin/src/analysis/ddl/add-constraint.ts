import type { AlterContext } from './alter-table.ts';
import type { Effect } from './effect.ts';
import { type Node, nodeAt, relationName, textAt } from './node.ts';

/** ADD CONSTRAINT: what it has to prove about the rows that are there. */
export function addedConstraint(command: Node, _context: AlterContext): Omit<Effect, 'target'> {
  const constraint = nodeAt(nodeAt(command, 'def') ?? {}, 'Constraint') ?? {};
  const kind = textAt(constraint, 'contype');
  if (kind === 'CONSTR_FOREIGN') return foreignKey(constraint);
  if (kind === 'CONSTR_CHECK' || kind === 'CONSTR_NOTNULL') return check(constraint);
  if (kind === 'CONSTR_EXCLUSION') {
    const why = 'an index is built under the lock; there is no other way';
    return { rule: 'add_constraint', lock: 'ACCESS EXCLUSIVE', work: 'build', why };
  }
  return uniqueConstraint(constraint);
}

const validateLater = 'ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own';
const onlyNewRows = 'only new rows are checked until it is validated';

function foreignKey(constraint: Node): Omit<Effect, 'target'> {
  const target = relationName(nodeAt(constraint, 'pktable')) ?? 'unknown';
  const base = { rule: 'add_constraint', lock: 'SHARE ROW EXCLUSIVE' } as const;
  const other = { target, lock: 'SHARE ROW EXCLUSIVE' } as const;
  if (constraint['skip_validation'] === true) {
    return { ...base, work: 'none', other: { ...other, work: 'none' }, why: onlyNewRows };
  }
  return {
    ...base,
    work: 'scan',
    other: { ...other, work: 'scan' },
    why: 'every row is looked up, while neither table can be written',
    safe: validateLater,
  };
}

function check(constraint: Node): Omit<Effect, 'target'> {
  const base = { rule: 'add_constraint', lock: 'ACCESS EXCLUSIVE' } as const;
  return constraint['skip_validation'] === true
    ? { ...base, work: 'none', why: onlyNewRows }
    : { ...base, work: 'scan', why: 'every row is looked at under the lock', safe: validateLater };
}

function uniqueConstraint(constraint: Node): Omit<Effect, 'target'> {
  const primary = textAt(constraint, 'contype') === 'CONSTR_PRIMARY';
  const base = { rule: 'add_constraint', lock: 'ACCESS EXCLUSIVE' } as const;
  if (textAt(constraint, 'indexname') !== undefined) {
    return {
      ...base,
      work: 'none',
      why: primary
        ? 'the index is there; columns that may be null are looked through'
        : 'the index is there: the catalog alone changes',
    };
  }
  return {
    ...base,
    work: 'build',
    why: 'an index is built under the lock',
    safe: `CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … ${primary ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX`,
  };
}
