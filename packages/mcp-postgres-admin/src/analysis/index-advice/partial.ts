import type { AdviceColumn, AdviceTable } from '../../model/index-advice.ts';
import type { Predicate } from './index-shape.ts';
import { constantSql } from './key-part.ts';
import { as, text } from '../syntax.ts';

/** A partial index is worth its narrowness below this share of the rows. */
export const partialShare = 0.1;
const longestList = 5;
/** A constant of a column with more values than this is one of many, not a state that statements always ask for. */
const mostStates = 50;
/** One that is about as frequent as any other is taken for an example as well. */
const rarity = 0.5;

/** What `column = constant` or `column IN (…)` says of the rows; undefined where a value is not known. */
export function equalTo(table: AdviceTable, name: string, values: readonly unknown[]): Predicate | undefined {
  const column = columnOf(table, name);
  const constants = values.map(uncastConstant);
  if (!hasStates(column) || constants.length === 0 || constants.length > longestList) return undefined;
  if (constants.some((constant) => constant === undefined)) return undefined;
  const sql = constants.map((constant) => constant?.sql ?? '');
  const share = constants.reduce((sum, constant) => sum + shareOf(column, constant?.value ?? ''), 0);
  if (share > (rarity * constants.length) / Math.max(1, column.distinct)) return undefined;
  return {
    sql: sql.length === 1 ? `${column.sql} = ${sql[0]}` : `${column.sql} IN (${sql.join(', ')})`,
    columns: [name],
    share,
  };
}

/** What `column <> constant` says of the rows. */
export function differentFrom(table: AdviceTable, name: string, value: unknown): Predicate | undefined {
  const column = columnOf(table, name);
  const constant = uncastConstant(value);
  if (!hasStates(column) || constant === undefined) return undefined;
  const share = Math.max(0, 1 - column.nullFraction - shareOf(column, constant.value));
  return { sql: `${column.sql} <> ${constant.sql}`, columns: [name], share };
}

export function isNull(table: AdviceTable, name: string, not: boolean): Predicate | undefined {
  const column = columnOf(table, name);
  if (column === undefined) return undefined;
  const { nullFraction } = column;
  return {
    sql: `${column.sql} IS ${not ? 'NOT ' : ''}NULL`,
    columns: [name],
    share: not ? 1 - nullFraction : nullFraction,
  };
}

/** A condition that is a boolean column, or NOT one. */
export function isTrue(table: AdviceTable, name: string, holds: boolean): Predicate | undefined {
  const column = columnOf(table, name);
  if (column?.type !== 'boolean') return undefined;
  return { sql: holds ? column.sql : `NOT ${column.sql}`, columns: [name], share: shareOf(column, holds ? 't' : 'f') };
}

/**
 * Share of the rows that have a value: its own among the most common ones, else an equal part of what these leave
 * (as PostgreSQL's `var_eq_const`).
 */
export function shareOf({ mostCommon, nullFraction, distinct }: AdviceColumn, value: string): number {
  const known = mostCommon.find((common) => common.value === value);
  if (known) return known.share;
  const rest = 1 - nullFraction - mostCommon.reduce((sum, { share }) => sum + share, 0);
  return Math.max(0, rest) / Math.max(1, (distinct ?? 200) - mostCommon.length);
}

function hasStates(column: AdviceColumn | undefined): column is AdviceColumn & { readonly distinct: number } {
  return column?.distinct !== undefined && column.distinct !== null && column.distinct <= mostStates;
}

function columnOf(table: AdviceTable, name: string): AdviceColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

interface Constant {
  readonly sql: string;
  readonly value: string;
}

function uncastConstant(node: unknown): Constant | undefined {
  const inner = as('TypeCast', node)?.['arg'] ?? node;
  const sql = constantSql(inner);
  if (sql === undefined) return undefined;
  const literal = (as('A_Const', inner)?.['sval'] as { readonly sval?: unknown } | undefined) && as('A_Const', inner);
  const written = literal === undefined ? sql : (text((literal['sval'] as { readonly sval?: unknown }).sval) ?? '');
  return { sql, value: { true: 't', false: 'f' }[written] ?? written };
}
