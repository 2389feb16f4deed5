import type { NameReference, StatementReferences } from '../parse/references.ts';
import type { OwnQuery } from '../session/own-query.ts';
import type { ReachRow } from './facts.ts';
import type { Level } from './frontier.ts';
import { CAST_QUERY, FUNCTION_QUERY, OPERATOR_QUERY, RELATION_QUERY } from './reach-query.ts';

/** Schemas, names, numbers: how every catalog query is told what to look for. */
type Wanted = readonly [schemas: readonly string[], names: readonly string[], numbers: readonly number[]];

interface Question {
  readonly functions: Wanted;
  readonly operators: Wanted;
  readonly types: Wanted;
  readonly relations: Wanted;
}

/** Asks for everything that the statement names, and for the casts between built-in types that users made. */
export async function askByName(
  query: OwnQuery,
  references: StatementReferences,
  searchPath: readonly string[],
): Promise<readonly ReachRow[]> {
  const { functions, operators, types, relations } = references;
  const question = {
    functions: byName(functions),
    operators: byName(operators),
    types: byName(types),
    relations: byName(relations),
  };
  const casts = rowsOf(await query(CAST_QUERY, [types.map(({ name }) => name)], 'guard_casts'));
  return [...casts, ...(await ask(query, question, searchPath, true))];
}

/** Asks for what was found on the way. */
export async function askByNumber(
  query: OwnQuery,
  level: Level,
  searchPath: readonly string[],
): Promise<readonly ReachRow[]> {
  const question = {
    functions: byNumber(level.functions.keys()),
    operators: byNumber(level.operators.keys()),
    types: byNumber(level.types.keys()),
    relations: byNumber(level.relations.keys()),
  };
  return ask(query, question, searchPath, false);
}

const PLAIN_OPERATORS = '= <> < > <= >= || + - * / % & | # ~ ~~ ~* !~ !~~'.split(' ');

/** Asks for operators of users on the search path that an unqualified text may take for the built-in ones. */
export async function askShadowingOperators(
  query: OwnQuery,
  searchPath: readonly string[],
): Promise<readonly Exclude<ReachRow, { kind: 'function' }>[]> {
  const schemas = PLAIN_OPERATORS.map(() => '');
  const rows = rowsOf(await query(OPERATOR_QUERY, [searchPath, schemas, PLAIN_OPERATORS, []], 'guard_operators'));
  return rows.filter((row) => row.kind !== 'function');
}

async function ask(
  query: OwnQuery,
  { functions, operators, types, relations }: Question,
  searchPath: readonly string[],
  named: boolean,
): Promise<readonly ReachRow[]> {
  const rows: ReachRow[] = [];
  if (isAsked(functions)) {
    rows.push(...rowsOf(await query(FUNCTION_QUERY, [searchPath, ...functions], 'guard_functions')));
  }
  if (isAsked(operators)) {
    rows.push(...rowsOf(await query(OPERATOR_QUERY, [searchPath, ...operators], 'guard_operators')));
  }
  if (isAsked(types) || isAsked(relations)) {
    const values = [searchPath, ...types, ...relations, named];
    rows.push(...rowsOf(await query(RELATION_QUERY, values, 'guard_relations')));
  }
  return rows;
}

function byName(list: readonly NameReference[]): Wanted {
  return [list.map(({ schema }) => schema ?? ''), list.map(({ name }) => name), []];
}

function byNumber(numbers: Iterable<number>): Wanted {
  return [[], [], [...numbers]];
}

function isAsked([, names, numbers]: Wanted): boolean {
  return names.length + numbers.length > 0;
}

function rowsOf(rows: readonly Record<string, string | null>[]): readonly ReachRow[] {
  return rows.map(({ kind, ref, fact }) => {
    return { kind, ref: Number(ref), fact: JSON.parse(fact ?? 'null') as unknown } as ReachRow;
  });
}
