import type { AdviceTable } from '../../model/index-advice.ts';
import type { KeyPart, Predicate } from './index-shape.ts';
import { noteCondition } from './conditions.ts';
import { orders } from './orders.ts';
import { type Block, queryBlocks, type Relation, type TableLookup } from './query-blocks.ts';
import type { Node } from '../syntax.ts';

/** What one SELECT asks of one table: the parts that an index can take over. */
export interface TableRoles {
  readonly table: AdviceTable;
  /** Compared with a value, or with something that is a value by then. */
  readonly equalities: KeyPart[];
  /** Compared with a column of another table. */
  readonly joins: KeyPart[];
  readonly ranges: KeyPart[];
  /** Sequences that rows are wanted in: ORDER BY, GROUP BY, DISTINCT, min and max. */
  readonly orders: (readonly KeyPart[])[];
  /** What all rows have in common that are wanted. */
  readonly predicates: Predicate[];
  /** Columns needed anywhere in the statement. */
  readonly reads: ReadonlySet<string>;
}

export interface StatementRoles {
  readonly roles: readonly TableRoles[];
  /** Conditions that no btree index serves, as `title LIKE '%…'`. */
  readonly unserved: readonly string[];
}

/** Roles of a relation while conditions are read, one set for each branch of an OR. */
export interface Collected {
  readonly of: (relation: Relation) => TableRoles;
  readonly branch: () => Collected;
  readonly unserved: Set<string>;
}

/** Every role that columns play in a statement. */
export function statementRoles(select: Node, lookup: TableLookup): StatementRoles {
  const blocks = queryBlocks(select, lookup);
  const all: TableRoles[] = [];
  const unserved = new Set<string>();
  const main = new Map<Block, Collected>(blocks.map((block) => [block, collect(all, unserved)]));
  // A condition in a subquery may name columns of the queries around it.
  const of = (block: Block): Collected => main.get(block) ?? collect(all, unserved);
  for (const block of blocks) {
    for (const condition of block.conditions) noteCondition(condition, block, of(block));
    for (const column of block.using) noteUsing(column, block, of(block));
    for (const { relation, parts } of orders(block)) of(block).of(relation).orders.push(parts);
  }
  for (const block of blocks) for (const relation of block.relations) if (relation.table) of(block).of(relation);
  return { roles: all, unserved: [...unserved] };
}

function noteUsing(column: string, block: Block, collected: Collected): void {
  for (const relation of block.relations) {
    const found = relation.table?.columns.find(({ name }) => name === column);
    if (found) collected.of(relation).joins.push({ sql: found.sql, columns: [column] });
  }
}

function collect(all: TableRoles[], unserved: Set<string>): Collected {
  const own = new Map<Relation, TableRoles>();
  return {
    unserved,
    branch: () => collect(all, unserved),
    of(relation) {
      const known = own.get(relation);
      if (known) return known;
      if (relation.table === undefined) throw new Error('roles are of tables');
      const made: TableRoles = {
        table: relation.table,
        equalities: [],
        joins: [],
        ranges: [],
        orders: [],
        predicates: [],
        reads: relation.reads,
      };
      own.set(relation, made);
      all.push(made);
      return made;
    },
  };
}
