import type { NameReference, StatementReferences } from '../parse/references.ts';
import type { OwnQuery } from '../session/own-query.ts';
import { askByName, askByNumber, askShadowingOperators } from './ask-catalog.ts';
import type { FunctionFact, ReachRow } from './facts.ts';
import { follow, nameOf, type ReachOptions, type ReachWalk } from './follow.ts';
import { Frontier, type Level, type Origin } from './frontier.ts';
import { judgeNamedFunction, judgeReachedFunction, refuseUnknown } from './judge-reference.ts';
import { FIRST_USER_OID } from './reach-query.ts';

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
  query: OwnQuery,
  references: StatementReferences,
  options: ReachOptions,
): Promise<readonly string[]> {
  const walk: ReachWalk = { query, options, frontier: new Frontier(), relations: new Set(), textBody: undefined };
  await startFromNames(references, walk);
  await followAll(walk);
  if (walk.textBody !== undefined) {
    for (const row of await askShadowingOperators(query, options.searchPath)) await follow(row, walk.textBody, walk);
    await followAll(walk);
  }
  return [...walk.relations];
}

async function startFromNames(references: StatementReferences, walk: ReachWalk): Promise<void> {
  const { query, options } = walk;
  const found = { functions: new Set<number>(), types: new Set<number>() };
  const rows = await askByName(query, references, options.searchPath);
  for (const row of rows) {
    const from = referenceOf(row, references);
    const origin: Origin = { from, path: [], masked: false, use: 'reached' };
    if (row.kind === 'function') {
      found.functions.add(row.ref);
      judgeNamedFunction(row.fact, references.functions[row.ref - 1], candidatesOf(rows, row.ref), options.allowed);
      noteFunction(row.fact, origin, walk);
    } else {
      if (row.kind === 'name') found.types.add(row.ref);
      await follow(row, origin, walk);
    }
  }
  refuseUnknown(references, found);
}

async function followAll(walk: ReachWalk): Promise<void> {
  const { query, options, frontier } = walk;
  for (let level = frontier.take(); level !== undefined; level = frontier.take()) {
    for (const oid of level.functions.keys()) if (options.memory.isHarmless(oid)) level.functions.delete(oid);
    for (const row of await askByNumber(query, level, options.searchPath)) {
      const origin = originAt(level, row);
      if (row.kind === 'function') {
        judgeReachedFunction(row.fact, origin, options.allowed);
        const known = row.fact.oid < FIRST_USER_OID && origin.use === 'reached' && !row.fact.textBody;
        if (known) options.memory.rememberHarmless(row.fact.oid);
        noteFunction(row.fact, origin, walk);
      } else {
        await follow(row, origin, walk);
      }
    }
  }
}

function noteFunction(fact: FunctionFact, origin: Origin, walk: ReachWalk): void {
  const here = { ...origin, path: [...origin.path, nameOf(fact)] };
  walk.frontier.add('functions', fact.parts, here);
  if (fact.textBody && !walk.options.allowed(nameOf(fact))) walk.textBody ??= here;
}

function candidatesOf(rows: readonly ReachRow[], ref: number): readonly FunctionFact[] {
  return rows.flatMap((row) => (row.kind === 'function' && row.ref === ref ? [row.fact] : []));
}

const LISTS = { function: 'functions', operator: 'operators', type: 'types', relation: 'relations' } as const;

/** The kind of what was asked for; a type may come because of a relation. */
function kindOf(row: ReachRow): keyof typeof LISTS | undefined {
  if (row.kind === 'type') return row.fact.source;
  return row.kind === 'cast' || row.kind === 'name' || row.kind === 'types' ? undefined : row.kind;
}

function referenceOf(row: ReachRow, references: StatementReferences): NameReference | undefined {
  const kind = kindOf(row);
  return kind === undefined ? undefined : references[LISTS[kind]][row.ref - 1];
}

function originAt(level: Level, row: ReachRow): Origin {
  const kind = kindOf(row);
  const oid = row.kind === 'type' ? row.fact.via : row.fact !== null && 'oid' in row.fact ? row.fact.oid : 0;
  const origin = kind === undefined ? undefined : level[LISTS[kind]].get(oid);
  return origin ?? { from: undefined, path: [], masked: false, use: 'reached' };
}
