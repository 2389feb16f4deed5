import { isList, isObject, type Json, type JsonObject } from '../json.ts';
import { code, fenced, inline, table } from './markdown.ts';
import type { Words } from './words.ts';

const shownRows = 20;
const mostColumns = 8;
const mostJson = 4000;
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

/** Any structured result as Markdown: plain members as a list, lists of rows as tables, what is deeper as JSON. */
export function renderData(result: JsonObject, words: Words): readonly string[] {
  const members = Object.entries(result).filter(([key, value]) => !told.has(key) && !isEmpty(value));
  const plain = members.filter(([, value]) => typeof value !== 'object');
  const deep = members.filter(([, value]) => typeof value === 'object');
  const list = plain.map(([key, value]) => `- ${inline(key, 60)}: ${inline(String(value), 1000)}`).join('\n');
  return [...(list === '' ? [] : [list]), ...deep.flatMap(([key, value]) => renderMember(key, value, words))];
}

function renderMember(key: string, value: Json, words: Words): readonly string[] {
  const title = `**${inline(key, 60)}**`;
  if (isList(value) && value.every((item) => typeof item !== 'object')) {
    const shown = value.slice(0, shownRows).map((item) => code(String(item), 200));
    return [`${title}: ${shown.join(', ')}`, ...moreOf(value, words)];
  }
  if (isList(value) && value.every(isObject)) {
    const rendered = renderRows(value, words);
    if (rendered) return [title, ...rendered];
  }
  return [title, fenced(JSON.stringify(value, undefined, 1), mostJson, 'json')];
}

/** Undefined when the rows are too wide or too deep for a table. */
function renderRows(rows: readonly JsonObject[], words: Words): readonly string[] | undefined {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) =>
    rows.some((row) => !isEmpty(row[column])),
  );
  if (columns.length === 0 || columns.length > mostColumns) return undefined;
  const cells = rows.slice(0, shownRows).map((row) => columns.map((column) => cell(row[column])));
  return [
    table(
      columns.map((column) => inline(column, 60)),
      cells,
    ),
    ...moreOf(rows, words),
  ];
}

function moreOf(list: readonly Json[], words: Words): readonly string[] {
  return list.length > shownRows ? [words.moreRows(shownRows, list.length)] : [];
}

function cell(value: Json | undefined): string {
  if (isEmpty(value)) return '';
  return typeof value === 'object' ? code(JSON.stringify(value), 200) : inline(String(value), 300);
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
