import type { DdlSurroundings, DdlTarget } from '../../model/ddl.ts';
import { addedColumn } from './add-column.ts';
import { addedConstraint } from './add-constraint.ts';
import type { Effect, LockLevel, Outcome, Work } from './effect.ts';
import { innerOf, listAt, type Node, nodeAt, relationName, textAt, words } from './node.ts';
import { canonicalBase, keepsRows, typeParts } from './type-change.ts';

/** What is known of the table, while it exists. */
export interface AlterContext {
  readonly target: string;
  readonly table: DdlTarget | undefined;
  readonly surroundings: DdlSurroundings;
}

type Rule = (command: Node, context: AlterContext) => Omit<Effect, 'target'>;

const quick = (rule: string, why: string, extra: Partial<Effect> = {}): Rule => {
  return () => ({ rule, lock: 'ACCESS EXCLUSIVE', work: 'none', why, ...extra });
};
const light = (rule: string, lock: LockLevel, why: string, work: Work = 'none'): Rule => {
  return () => ({ rule, lock, work, why });
};
const rewritten = (rule: string, why: string): Rule => quick(rule, why, { work: 'rewrite' });

const rules: Readonly<Record<string, Rule>> = {
  AT_AddColumn: addedColumn,
  AT_AddConstraint: addedConstraint,
  AT_AlterColumnType: typeChange,
  AT_SetNotNull: notNull,
  AT_AttachPartition: attach,
  AT_DetachPartition: detach,
  AT_DropNotNull: quick('drop_not_null', 'the catalog alone changes'),
  AT_ColumnDefault: quick('set_default', 'the catalog alone changes; rows stay as they are'),
  AT_DropColumn: quick('drop_column', 'the column is gone at once, for those who still use it as well', {
    breaks: 'data',
    safe: 'First release clients that do not use it; its values come back only from a backup',
  }),
  AT_DropConstraint: quick('drop_constraint', 'the catalog alone changes'),
  AT_ChangeOwner: quick('change_owner', 'the catalog alone changes'),
  AT_SetStorage: quick('set_storage', 'rows stay as they are; only new ones follow'),
  AT_SetLogged: rewritten('set_logged', 'all of it is written anew, and to WAL'),
  AT_SetUnLogged: rewritten('set_unlogged', 'all of it is written anew; a crash empties it from then on'),
  AT_SetTableSpace: rewritten('set_tablespace', 'all of it is copied to another tablespace'),
  AT_SetAccessMethod: rewritten('set_access_method', 'all of it is written anew'),
  AT_ValidateConstraint: light(
    'validate_constraint',
    'SHARE UPDATE EXCLUSIVE',
    'every row is looked at, and nobody waits',
    'scan',
  ),
  AT_SetStatistics: light('set_statistics', 'SHARE UPDATE EXCLUSIVE', 'the next ANALYZE follows it'),
  AT_SetRelOptions: light('set_options', 'SHARE UPDATE EXCLUSIVE', 'the catalog alone changes'),
  AT_ResetRelOptions: light('reset_options', 'SHARE UPDATE EXCLUSIVE', 'the catalog alone changes'),
  AT_ClusterOn: light('cluster_on', 'SHARE UPDATE EXCLUSIVE', 'the catalog alone changes'),
  AT_EnableTrig: light('enable_trigger', 'SHARE ROW EXCLUSIVE', 'the catalog alone changes'),
  AT_DisableTrig: light('disable_trigger', 'SHARE ROW EXCLUSIVE', 'the catalog alone changes'),
  AT_EnableRowSecurity: quick('row_security', 'the catalog alone changes', { breaks: 'clients' }),
  AT_DisableRowSecurity: quick('row_security', 'the catalog alone changes'),
};

/** One effect a command; `undefined` for those that are not known. */
export function alterEffects(statement: Node, surroundings: DdlSurroundings): readonly Outcome[] {
  const target = relationName(nodeAt(statement, 'relation')) ?? 'unknown';
  const table = surroundings.targets.find(({ asked }) => asked === target);
  return innerOf(listAt(statement, 'cmds'), 'AlterTableCmd').map((command): Outcome => {
    const kind = textAt(command, 'subtype') ?? 'unknown';
    const rule = rules[kind];
    return rule === undefined ? { unknown: kind } : { target, ...rule(command, { target, table, surroundings }) };
  });
}

function typeChange(command: Node, { table }: AlterContext): Omit<Effect, 'target'> {
  const column = textAt(command, 'name') ?? '';
  const definition = nodeAt(nodeAt(command, 'def') ?? {}, 'ColumnDef') ?? {};
  const before = table?.columns.find((one) => one.column === column)?.type;
  const after = typeOf(nodeAt(definition, 'typeName') ?? {});
  const stays = before !== undefined && definition['raw_default'] === undefined && keepsRows(typeParts(before), after);
  if (stays) {
    return {
      rule: 'change_type_in_place',
      lock: 'ACCESS EXCLUSIVE',
      work: 'none',
      why: `${before} fits as it is: the catalog alone changes`,
    };
  }
  return {
    rule: 'change_type',
    lock: 'ACCESS EXCLUSIVE',
    work: 'rewrite',
    why: `${before ?? 'the type'} becomes ${after.base}: all rows and indexes are written anew`,
    safe: 'Add a column of the new type, fill it in batches by a trigger and updates, then exchange the names in one short transaction',
  };
}

/** Of a `TypeName`. */
export function typeOf(typeName: Node): ReturnType<typeof typeParts> {
  const name = words(listAt(typeName, 'names')).at(-1) ?? 'unknown';
  const modifiers = innerOf(listAt(typeName, 'typmods'), 'A_Const').map((one) => {
    const value = nodeAt(one, 'ival')?.['ival'];
    return typeof value === 'number' ? value : 0;
  });
  return { base: canonicalBase(name), modifiers };
}

function notNull(command: Node, { table, surroundings }: AlterContext): Omit<Effect, 'target'> {
  const column = textAt(command, 'name') ?? '';
  const base = { rule: 'set_not_null', lock: 'ACCESS EXCLUSIVE' } as const;
  if (table?.columns.find((one) => one.column === column)?.notNull === true) {
    return { ...base, work: 'none', why: 'it is NOT NULL already' };
  }
  if (table?.checkedNotNull.includes(column) === true) {
    return { ...base, work: 'none', why: 'a validated CHECK proves it: no row is looked at' };
  }
  const direct = surroundings.versionNumber >= 180_000;
  return {
    ...base,
    work: 'scan',
    why: 'every row is looked at under the lock',
    safe: direct
      ? 'ADD CONSTRAINT … NOT NULL … NOT VALID, then VALIDATE CONSTRAINT'
      : 'ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT; SET NOT NULL; DROP CONSTRAINT',
  };
}

function attach(command: Node, _context: AlterContext): Omit<Effect, 'target'> {
  const partition =
    relationName(nodeAt(nodeAt(nodeAt(command, 'def') ?? {}, 'PartitionCmd') ?? {}, 'name')) ?? 'unknown';
  return {
    rule: 'attach_partition',
    lock: 'SHARE UPDATE EXCLUSIVE',
    work: 'none',
    why: `every row of ${partition} is looked at, under ACCESS EXCLUSIVE on it; a default partition as well`,
    safe: 'First add a CHECK with the bounds to the partition (NOT VALID, then VALIDATE): then no row is looked at',
    other: { target: partition, lock: 'ACCESS EXCLUSIVE', work: 'scan' },
  };
}

function detach(command: Node, _context: AlterContext): Omit<Effect, 'target'> {
  const detached = nodeAt(nodeAt(command, 'def') ?? {}, 'PartitionCmd') ?? {};
  if (detached['concurrent'] === true) {
    return {
      rule: 'detach_partition',
      lock: 'SHARE UPDATE EXCLUSIVE',
      work: 'none',
      why: 'waits for those who use it',
    };
  }
  return {
    rule: 'detach_partition',
    lock: 'ACCESS EXCLUSIVE',
    work: 'none',
    why: 'the catalog alone changes',
    safe: 'DETACH PARTITION … CONCURRENTLY (14 and later)',
  };
}
