import type { NameReference, StatementReferences } from '../parse/references.ts';
import type { CastFact, FunctionFact, OperatorFact, ReachRow, RelationFact, TypeFact } from './facts.ts';
import { Frontier, type ObjectKind, type Origin } from './frontier.ts';
import { REFUSED_RELATIONS } from './function-lists.ts';
import { judgeNamedFunction, judgeReachedFunction, refuseUnknown } from './judge-reference.ts';
import { scanNodeTree, type TreeReach } from './node-tree.ts';
import { scanPlannedTree } from './planned-tree.ts';
import type { FunctionUse } from './judge-function.ts';
import { FIRST_USER_OID, REACH_QUERY } from './reach-query.ts';
import { refuseObject } from './refuse-object.ts';
import type { RuleTrees } from './rule-trees.ts';

/** Runs one of our own texts with bound values; rows as objects. */
export type CatalogQuery = (text: string, values: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

export interface ReachOptions {
  /** Schemas in the order the server looks, from `current_schemas(true)` before any change to the search path. */
  readonly searchPath: readonly string[];
  /** Whether the operator allowed `schema.name`. */
  readonly allowed: (qualifiedName: string) => boolean;
  /** Superuser or able to touch server files or programs: foreign tables are refused too. */
  readonly powerful: boolean;
  readonly rules: RuleTrees;
}

/**
 * Resolves by the live catalog everything that a checked statement can run, and refuses what is not known to be harmless:
 * every candidate of a function or operator name on the search path, and what hangs on views, casts, domains, policies, types.
 *
 * Must run in the transaction that will run the statement, with `search_path` set to `pg_catalog` alone.
 *
 * @returns qualified names of the relations that are read
 * @throws GuardRefusal for the first thing that does not pass
 */
export async function resolveReach(
  query: CatalogQuery,
  references: StatementReferences,
  options: ReachOptions,
): Promise<readonly string[]> {
  const frontier = new Frontier();
  const relations = new Set<string>();
  const found = { functions: new Set<number>(), types: new Set<number>() };
  const rows = await askByName(query, references, options.searchPath);
  for (const row of rows) {
    const from = referenceOf(row, references);
    if (row.kind === 'function') {
      found.functions.add(row.ref);
      judgeNamedFunction(row.fact, references.functions[row.ref - 1], candidatesOf(rows, row.ref), options.allowed);
      frontier.add('functions', row.fact.parts, originOf(from, row.fact));
    } else {
      if (row.kind === 'type') found.types.add(row.ref);
      await follow(row, { from, path: [], masked: false, use: 'reached' }, frontier, options, query, relations);
    }
  }
  refuseUnknown(references, found);
  for (let level = frontier.take(); level !== undefined; level = frontier.take()) {
    for (const row of await askByNumber(query, level, options.searchPath)) {
      const origin = originAt(level, row);
      if (row.kind === 'function') {
        judgeReachedFunction(row.fact, origin, options.allowed);
        frontier.add('functions', row.fact.parts, { ...origin, path: [...origin.path, nameOf(row.fact)] });
      } else {
        await follow(row, origin, frontier, options, query, relations);
      }
    }
  }
  return [...relations];
}

async function follow(
  row: Exclude<ReachRow, { kind: 'function' }>,
  origin: Origin,
  frontier: Frontier,
  options: ReachOptions,
  query: CatalogQuery,
  relations: Set<string>,
): Promise<void> {
  if (row.kind === 'operator') followOperator(row.fact, origin, frontier);
  else if (row.kind === 'cast') followCast(row.fact, frontier);
  else if (row.kind === 'type') followType(row.fact, origin, frontier);
  else {
    relations.add(nameOf(row.fact));
    const rule = await followRelation(row.fact, origin, frontier, options, query);
    const builtIn = row.fact.oid < FIRST_USER_OID;
    const path = [...origin.path, nameOf(row.fact)];
    if (rule !== undefined) addTree(rule, { ...origin, path, masked: origin.masked || builtIn }, frontier);
  }
}

function followOperator(fact: OperatorFact, origin: Origin, frontier: Frontier): void {
  const path = [...origin.path, `operator ${nameOf(fact)}`];
  frontier.add('functions', [fact.function], { ...origin, path, use: useOfOperator(fact, origin) });
}

function useOfOperator(fact: OperatorFact, origin: Origin): FunctionUse {
  if (origin.use === 'planned') return 'planned';
  return fact.superuserOwned ? 'support' : 'reached';
}

function followCast(fact: CastFact, frontier: Frontier): void {
  const path = [`cast from ${fact.source} to ${fact.target}`];
  frontier.add('functions', [fact.function], { from: undefined, path, masked: false, use: 'support' });
}

function followType(fact: TypeFact, origin: Origin, frontier: Frontier): void {
  const here = { ...origin, path: [...origin.path, `type ${fact.schema}.${fact.name}`] };
  frontier.add('types', fact.types, here);
  frontier.add('functions', [...(fact.functions ?? []), ...(fact.support ?? [])], { ...here, use: 'support' });
  for (const tree of fact.trees ?? []) addTree(scanNodeTree(tree), here, frontier);
}

async function followRelation(
  fact: RelationFact,
  origin: Origin,
  frontier: Frontier,
  options: ReachOptions,
  query: CatalogQuery,
): Promise<TreeReach | undefined> {
  const name = nameOf(fact);
  if (!origin.masked && REFUSED_RELATIONS.includes(name)) {
    throw refuseObject(
      'relation-refused',
      `relation ${name}`,
      origin,
      'holds secrets',
      'the views that mask them, such as pg_roles',
    );
  }
  if (fact.kind === 'f' && options.powerful) {
    throw refuseObject(
      'foreign-table',
      `foreign table ${name}`,
      origin,
      'may run a program or read a file with the rights of this powerful role',
      'connect as a role without such rights',
    );
  }
  const here = { ...origin, path: [...origin.path, name] };
  frontier.add('types', fact.types, here);
  frontier.add('relations', fact.children, here);
  for (const tree of [...(fact.policies ?? []), ...(fact.trees ?? [])]) addTree(scanNodeTree(tree), here, frontier);
  for (const tree of fact.planned ?? []) {
    const { computed, left } = scanPlannedTree(tree);
    addTree(computed, here, frontier);
    addTree(left, { ...here, use: 'planned' }, frontier);
  }
  return fact.rule === null ? undefined : options.rules.reachOf(query, fact.rule);
}

function addTree(tree: TreeReach, origin: Origin, frontier: Frontier): void {
  for (const kind of Object.keys(tree) as ObjectKind[]) {
    const passedAnyway = kind === 'types' || kind === 'operators';
    frontier.add(kind, passedAnyway ? tree[kind].filter((oid) => oid >= FIRST_USER_OID) : tree[kind], origin);
  }
}

async function askByName(
  query: CatalogQuery,
  references: StatementReferences,
  searchPath: readonly string[],
): Promise<readonly ReachRow[]> {
  const pairs = (list: readonly NameReference[]): [string[], string[], number[]] => [
    list.map(({ schema }) => schema ?? ''),
    list.map(({ name }) => name),
    [],
  ];
  const { functions, operators, types, relations } = references;
  const values = [searchPath, ...pairs(functions), ...pairs(operators), ...pairs(types), ...pairs(relations), true];
  return (await query(REACH_QUERY, values)) as unknown as readonly ReachRow[];
}

async function askByNumber(
  query: CatalogQuery,
  level: Readonly<Record<ObjectKind, ReadonlyMap<number, Origin>>>,
  searchPath: readonly string[],
): Promise<readonly ReachRow[]> {
  const numbers = (kind: ObjectKind): [string[], string[], number[]] => [[], [], [...level[kind].keys()]];
  const values = [
    searchPath,
    ...numbers('functions'),
    ...numbers('operators'),
    ...numbers('types'),
    ...numbers('relations'),
    false,
  ];
  return (await query(REACH_QUERY, values)) as unknown as readonly ReachRow[];
}

function candidatesOf(rows: readonly ReachRow[], ref: number): readonly FunctionFact[] {
  return rows.flatMap((row) => (row.kind === 'function' && row.ref === ref ? [row.fact] : []));
}

const LISTS = { function: 'functions', operator: 'operators', type: 'types', relation: 'relations' } as const;

function referenceOf(row: ReachRow, references: StatementReferences): NameReference | undefined {
  return row.kind === 'cast' ? undefined : references[LISTS[row.kind]][row.ref - 1];
}

function originAt(level: Readonly<Record<ObjectKind, ReadonlyMap<number, Origin>>>, row: ReachRow): Origin {
  const origin = row.kind === 'cast' ? undefined : level[LISTS[row.kind]].get(row.fact.oid);
  return origin ?? { from: undefined, path: [], masked: false, use: 'reached' };
}

function originOf(from: NameReference | undefined, fact: { readonly schema: string; readonly name: string }): Origin {
  return { from, path: [nameOf(fact)], masked: false, use: 'reached' };
}

function nameOf(fact: { readonly schema: string; readonly name: string }): string {
  return `${fact.schema}.${fact.name}`;
}
