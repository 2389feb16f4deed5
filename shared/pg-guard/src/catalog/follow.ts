import type { OwnQuery } from '../session/own-query.ts';
import type { CastFact, OperatorFact, ReachRow, RelationFact, TypeFact } from './facts.ts';
import type { Frontier, ObjectKind, Origin } from './frontier.ts';
import { REFUSED_RELATIONS } from './function-lists.ts';
import type { FunctionUse } from './judge-function.ts';
import type { CatalogMemory } from './catalog-memory.ts';
import { scanNodeTree, type TreeReach } from './node-tree.ts';
import { scanPlannedTree } from './planned-tree.ts';
import { FIRST_USER_OID } from './reach-query.ts';
import type { GuardRefusal } from '../refusal.ts';
import { refuseObject } from './refuse-object.ts';

export interface ReachOptions {
  /** Schemas in the order the server looks, from `current_schemas(true)` before any change to the search path. */
  readonly searchPath: readonly string[];
  /** Whether the operator allowed `schema.name`. */
  readonly allowed: (qualifiedName: string) => boolean;
  /** Superuser or able to touch server files or programs: foreign tables are refused too. */
  readonly powerful: boolean;
  readonly memory: CatalogMemory;
}

/** One resolution on its way. */
export interface ReachWalk {
  readonly query: OwnQuery;
  readonly options: ReachOptions;
  readonly frontier: Frontier;
  /** Qualified names of what is read. */
  readonly relations: Set<string>;
  /** The first SQL function whose text is read along the search path, so that its operators may be other ones than it means. */
  textBody: Origin | undefined;
}

/** Puts what an object leads to onto the frontier. @throws GuardRefusal for a relation that may not be read */
export async function follow(
  row: Exclude<ReachRow, { kind: 'function' }>,
  origin: Origin,
  walk: ReachWalk,
): Promise<void> {
  const { frontier } = walk;
  if (row.kind === 'operator') followOperator(row.fact, origin, frontier);
  else if (row.kind === 'cast') followCast(row.fact, frontier);
  else if (row.kind === 'types') frontier.skip('types', row.fact);
  else if (row.kind === 'type') followType(row.fact, origin, frontier);
  else if (row.kind === 'relation') {
    walk.relations.add(nameOf(row.fact));
    const rule = await followRelation(row.fact, origin, walk);
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
  frontier.add('functions', fact.support, { ...here, use: 'support' });
  for (const tree of fact.trees) addTree(scanNodeTree(tree), here, frontier);
}

async function followRelation(
  fact: RelationFact,
  origin: Origin,
  { query, options, frontier }: ReachWalk,
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
  if (fact.kind === 't') {
    throw refuseObject('relation-refused', `relation ${name}`, origin, 'holds raw parts of large values', 'its table');
  }
  if (fact.kind === 'f' && (options.powerful || fact.runsProgram)) throw refuseForeign(fact, origin);
  const here = { ...origin, path: [...origin.path, name] };
  frontier.add('relations', fact.children, here);
  for (const tree of [...(fact.policies ?? []), ...(fact.trees ?? [])]) addTree(scanNodeTree(tree), here, frontier);
  for (const tree of fact.planned ?? []) {
    const { computed, left } = scanPlannedTree(tree);
    addTree(computed, here, frontier);
    const waiting: Origin = { ...here, use: 'planned' };
    frontier.add('functions', left.functions, waiting);
    frontier.add(
      'operators',
      left.operators.filter((oid) => oid >= FIRST_USER_OID),
      waiting,
    );
  }
  return fact.rule === null ? undefined : options.memory.reachOf(query, fact.rule);
}

function refuseForeign(fact: RelationFact, origin: Origin): GuardRefusal {
  return refuseObject(
    'foreign-table',
    `foreign table ${nameOf(fact)}`,
    origin,
    fact.runsProgram ? 'runs a program on the server' : 'may read files with the rights of this powerful role',
    fact.runsProgram ? 'a table that holds the data' : 'connect as a role without such rights',
  );
}

function addTree(tree: TreeReach, origin: Origin, frontier: Frontier): void {
  for (const kind of Object.keys(tree) as ObjectKind[]) {
    const passedAnyway = kind === 'types' || kind === 'operators';
    frontier.add(kind, passedAnyway ? tree[kind].filter((oid) => oid >= FIRST_USER_OID) : tree[kind], origin);
  }
}

/** `schema.name`, for people. */
export function nameOf(fact: { readonly schema: string; readonly name: string }): string {
  return `${fact.schema}.${fact.name}`;
}
