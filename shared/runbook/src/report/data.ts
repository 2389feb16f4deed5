import { isList, isObject, type Json, type JsonObject } from '../json.ts';
import { inline, table } from './markdown.ts';
import type { Words } from './words.ts';

const shownRows = 20;
const shownMembers = 40;
const mostColumns = 8;
/** Rows whose own lists are shown too, and how deep that goes. */
const openedRows = 3;
const deepest = 3;
const mostCell = 160;
/** Rendered by themselves elsewhere. */
const told: ReadonlySet<string> = new Set([
  'verdict',
  'summary',
  'findings',
  'notExamined',
  'window',
  'truncated',
  'cursor',
]);

/** Any structured result as Markdown for a reader: plain members as a list, lists of rows as tables, also those in rows. */
export function renderData(result: JsonObject, words: Words): readonly string[] {
  const members = Object.entries(result).filter(([key, value]) => !told.has(key) && !isEmpty(value));
  const { columns, rows } = result;
  if (isList(columns) && isList(rows) && rows.every(isList)) {
    const rest = Object.fromEntries(members.filter(([key]) => key !== 'columns' && key !== 'rows'));
    return [...gridOf(columns, rows, words), ...renderMembers(rest, words)];
  }
  return renderMembers(Object.fromEntries(members), words);
}

function renderMembers(data: JsonObject, words: Words): readonly string[] {
  const members = Object.entries(data);
  const shown = members.slice(0, shownMembers);
  const lines = shown.filter(([, value]) => !isTable(value)).map(([key, value]) => memberLine(key, value));
  return [
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...shown.flatMap(([key, value]) => (isTable(value) ? renderRows(key, value, words, 1) : [])),
    ...moreOf(members, shownMembers, words),
  ];
}

function memberLine(key: string, value: Json): string {
  return `- ${inline(key, 60)}: ${cell(value, 1000)}`;
}

/** A result in the form of a query's: names of columns, and rows of values. */
function gridOf(columns: readonly Json[], rows: readonly (readonly Json[])[], words: Words): readonly string[] {
  const names = columns.slice(0, 2 * mostColumns).map((name) => inline(plainText(name), 60));
  const cells = rows.slice(0, shownRows).map((row) => names.map((_, index) => cell(row[index])));
  return [table(names, cells), ...moreOf(rows, shownRows, words)];
}

function renderRows(path: string, rows: readonly JsonObject[], words: Words, depth: number): readonly string[] {
  const shown = rows.slice(0, shownRows);
  const names = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const flat = names.filter((name) => shown.some((row) => !isEmpty(row[name]) && !isTable(row[name])));
  const columns = chosen(flat);
  const blocks = [`**${inline(path, 100)}**`];
  if (columns.length > 0) {
    const cells = shown.map((row) => columns.map((name) => (isTable(row[name]) ? '' : cell(row[name]))));
    const header = columns.map((name) => inline(name, 60));
    blocks.push(table(header, cells));
  }
  blocks.push(...moreOf(rows, shownRows, words));
  const left = flat.filter((name) => !columns.includes(name));
  if (left.length > 0) blocks.push(words.moreColumns(left.slice(0, 20).map((name) => inline(name, 60))));
  if (depth === deepest) return blocks;
  const inner = shown
    .slice(0, openedRows)
    .flatMap((row, index) =>
      Object.entries(row).flatMap(([name, value]) =>
        isTable(value) ? renderRows(`${path}[${index}].${name}`, value, words, depth + 1) : [],
      ),
    );
  return [...blocks, ...inner];
}

/** The first ones, and the last: long texts such as a statement stand there. */
function chosen(columns: readonly string[]): readonly string[] {
  if (columns.length <= mostColumns) return columns;
  return [...columns.slice(0, mostColumns - 1), ...columns.slice(-1)];
}

function moreOf(list: readonly unknown[], shown: number, words: Words): readonly string[] {
  return list.length > shown ? [words.moreRows(shown, list.length)] : [];
}

/** One value as Markdown on one line; a pipe in it cannot open another cell. */
function cell(value: Json | undefined, most = mostCell): string {
  return inline(plainText(value), most);
}

function plainText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  if (typeof value !== 'object') return String(value);
  if (isList(value) && value.every((item) => typeof item !== 'object')) {
    return value.slice(0, shownRows).map(plainText).join(', ') + (value.length > shownRows ? ', …' : '');
  }
  const parts = isList(value) ? [] : Object.entries(value);
  if (parts.length > 0 && parts.every(([, item]) => typeof item !== 'object' || item === null)) {
    return parts.map(([name, item]) => `${name} ${plainText(item)}`).join(', ');
  }
  return JSON.stringify(value);
}

function isTable(value: Json | undefined): value is readonly JsonObject[] {
  return isList(value) && value.length > 0 && value.every(isObject);
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
