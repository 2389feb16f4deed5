import type { DdlSurroundings } from '../../model/ddl.ts';
import { alterEffects } from './alter-table.ts';
import { type Effect, type LockLevel, lockLevels, type Outcome } from './effect.ts';
import { innerOf, listAt, type Node, nodeAt, relationName } from './node.ts';
import { changeRows, drop, reindex, rename, vacuum } from './upkeep.ts';

/** One statement's effects; an empty list = it touches no relation that is there. */
export function statementEffects(statement: Node, surroundings: DdlSurroundings): readonly Outcome[] {
  const [type] = Object.keys(statement);
  const node = type === undefined ? undefined : nodeAt(statement, type);
  if (type === undefined || node === undefined) return [];
  if (type === 'AlterTableStmt') return alterEffects(node, surroundings);
  const rule = statements[type];
  if (rule !== undefined) return rule(node, surroundings);
  return harmless.has(type) ? [] : [{ unknown: type }];
}

/** Settings, transactions, and what only makes something new or reads. */
const harmless = new Set([
  'VariableSetStmt',
  'TransactionStmt',
  'SelectStmt',
  'ExplainStmt',
  'CommentStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateFunctionStmt',
  'ViewStmt',
  'CreateTableAsStmt',
  'AlterEnumStmt',
  'GrantStmt',
  'CreateExtensionStmt',
]);

type Rule = (node: Node, surroundings: DdlSurroundings) => readonly Outcome[];

const onRelation = (effect: Omit<Effect, 'target'>): Rule => {
  return (node) => [{ ...effect, target: relationName(nodeAt(node, 'relation')) ?? 'unknown' }];
};
const onEach = (effect: Omit<Effect, 'target'>): Rule => {
  return (node) =>
    innerOf(listAt(node, 'relations'), 'RangeVar').map((one) => ({
      ...effect,
      target: relationName(one) ?? 'unknown',
    }));
};

const statements: Readonly<Record<string, Rule>> = {
  IndexStmt: indexBuild,
  CreateStmt: newTable,
  DropStmt: drop,
  RenameStmt: rename,
  ReindexStmt: reindex,
  VacuumStmt: vacuum,
  UpdateStmt: changeRows,
  DeleteStmt: changeRows,
  InsertStmt: onRelation({ rule: 'insert', lock: 'ROW EXCLUSIVE', work: 'none', why: 'rows are added' }),
  TruncateStmt: onEach({
    rule: 'truncate',
    lock: 'ACCESS EXCLUSIVE',
    work: 'none',
    why: 'all rows are gone at once',
    breaks: 'data',
  }),
  LockStmt: (node, surroundings) =>
    onEach({ rule: 'lock', lock: modeOf(node), work: 'none', why: 'held to the end of the transaction' })(
      node,
      surroundings,
    ),
  ClusterStmt: onRelation({
    rule: 'cluster',
    lock: 'ACCESS EXCLUSIVE',
    work: 'rewrite',
    why: 'all of it is written anew',
    safe: 'pg_repack, or nothing: the order fades again',
  }),
  CreateTrigStmt: onRelation({
    rule: 'create_trigger',
    lock: 'SHARE ROW EXCLUSIVE',
    work: 'none',
    why: 'the catalog alone changes',
  }),
  RefreshMatViewStmt: (node) => {
    const concurrent = node['concurrent'] === true;
    return onRelation({
      rule: 'refresh',
      lock: concurrent ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE',
      work: 'rewrite',
      why: concurrent ? 'it can be read meanwhile' : 'nobody can read it meanwhile',
      ...(concurrent ? {} : { safe: 'REFRESH MATERIALIZED VIEW CONCURRENTLY, with a unique index' }),
    })(node, { targets: [], volatileFunctions: [], versionNumber: 0 });
  },
};

function modeOf(node: Node): LockLevel {
  const mode = node['mode'];
  return lockLevels[typeof mode === 'number' ? mode : 8] ?? 'ACCESS EXCLUSIVE';
}

function indexBuild(node: Node, { targets }: DdlSurroundings): readonly Outcome[] {
  const target = relationName(nodeAt(node, 'relation')) ?? 'unknown';
  const concurrent = node['concurrent'] === true;
  const partitioned = targets.find(({ asked }) => asked === target)?.kind === 'p';
  const base = { rule: 'create_index', target, work: 'build' } as const;
  if (concurrent) {
    const why = 'built beside the writes, in two passes; it waits for every transaction that is open';
    return [
      {
        ...base,
        lock: 'SHARE UPDATE EXCLUSIVE',
        why,
        ...(partitioned ? { fails: 'CONCURRENTLY is not there for partitioned tables' } : {}),
      },
    ];
  }
  const safe = partitioned
    ? 'CREATE INDEX ON ONLY the table, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION'
    : 'CREATE INDEX CONCURRENTLY, outside of a transaction';
  return [{ ...base, lock: 'SHARE', why: 'built while nobody can write', safe }];
}

function newTable(node: Node): readonly Outcome[] {
  const parents = innerOf(listAt(node, 'inhRelations'), 'RangeVar').flatMap((one) => relationName(one) ?? []);
  const partition = nodeAt(node, 'partbound') !== undefined;
  const refers = foreignTables(node);
  return [
    ...parents.map((target): Effect => {
      return partition
        ? {
            rule: 'create_partition',
            target,
            lock: 'ACCESS EXCLUSIVE',
            work: 'none',
            why: 'a default partition is looked through',
            safe: 'CREATE TABLE … (LIKE …), then ALTER TABLE … ATTACH PARTITION',
          }
        : { rule: 'inherit', target, lock: 'SHARE UPDATE EXCLUSIVE', work: 'none', why: 'the catalog alone changes' };
    }),
    ...refers.map((target): Effect => {
      const why = 'a foreign key of the new table refers to it';
      return { rule: 'new_foreign_key', target, lock: 'SHARE ROW EXCLUSIVE', work: 'none', why };
    }),
  ];
}

/** Tables that foreign keys of a CREATE TABLE refer to, each once. */
function foreignTables(node: Node): readonly string[] {
  const elements = listAt(node, 'tableElts');
  const ofColumns = innerOf(elements, 'ColumnDef').flatMap((column) => listAt(column, 'constraints'));
  const constraints = innerOf([...elements, ...ofColumns], 'Constraint');
  return [...new Set(constraints.flatMap((one) => relationName(nodeAt(one, 'pktable')) ?? []))];
}
