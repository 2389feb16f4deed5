import { isGuardRefusal, parseStatements } from '@cinecom/pg-guard';
import type { RelationName } from '../../model/index-advice.ts';
import { as, isNode, list, type Node, text as textOf } from '../syntax.ts';
import { type Token, tokens } from './tokens.ts';

export type StatementKind = 'select' | 'insert' | 'update' | 'delete';

/** What of a statement an index can make faster: how it finds its rows. */
export interface ReadingForm {
  readonly kind: StatementKind;
  /** A SELECT that finds the rows, parameters numbered from 1 on; undefined for an INSERT of values and a COPY. */
  readonly sql: string | undefined;
  readonly tree: Node | undefined;
  readonly parameters: number;
  /** The table that it writes to. */
  readonly written: RelationName | undefined;
  /** Columns that an UPDATE sets. */
  readonly sets: readonly string[];
}

/** Why a statement has no such form, when it is another command. */
export const notSearching = 'it is no SELECT, INSERT, UPDATE or DELETE';

const kinds: Readonly<Record<string, StatementKind>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
};

/**
 * Turns a statement into the SELECT that finds its rows: a reader may plan that, while an UPDATE needs the right to update.
 * Row locks are left out, and a `LIMIT $1` becomes the rows that a call returned on average: for a generic plan it would be a
 * tenth of all rows. OFFSET then is 0, the first page.
 *
 * @param rowsPerCall undefined = not known
 * @returns or why that cannot be done
 */
export async function readingForm(sql: string, rowsPerCall?: number): Promise<ReadingForm | { readonly why: string }> {
  const statement = await parsed(sql);
  if ('why' in statement) return statement;
  const copy = as('CopyStmt', statement.tree);
  if (copy?.['is_from'] === true) return nothingRead('insert', copy);
  const [type, node] = Object.entries(statement.tree)[0] ?? ['', undefined];
  const kind = kinds[type];
  if (kind === undefined || !isNode(node)) return { why: notSearching };
  const found = finding(kind, sql, node);
  const none = nothingRead(kind, node);
  if (found === undefined) return none;
  const unlocked = withCasts(withoutLocks(found));
  const limited = kind === 'select' && rowsPerCall !== undefined ? withLimit(unlocked, rowsPerCall) : unlocked;
  const { text, parameters } = renumbered(limited);
  const reading = await parsed(text);
  if ('why' in reading) return reading;
  const tree = as('SelectStmt', reading.tree);
  return tree === undefined
    ? { why: 'its rows cannot be looked for by a SELECT' }
    : { ...none, sql: text, tree, parameters };
}

function nothingRead(kind: StatementKind, { relation, targetList }: Node): ReadingForm {
  const name = isNode(relation) ? textOf(relation['relname']) : undefined;
  const schema = isNode(relation) ? textOf(relation['schemaname']) : undefined;
  const written = kind === 'select' || name === undefined ? undefined : { schema, name };
  const targets = kind === 'update' ? list(targetList) : [];
  const sets = targets.flatMap((target) => textOf(as('ResTarget', target)?.['name']) ?? []);
  return { kind, sql: undefined, tree: undefined, parameters: 0, written, sets };
}

async function parsed(sql: string): Promise<{ readonly tree: Node } | { readonly why: string }> {
  try {
    const [first, second] = await parseStatements(sql);
    return first === undefined || second !== undefined ? { why: 'it is not one statement' } : { tree: first.statement };
  } catch (error) {
    if (isGuardRefusal(error)) return { why: error.message };
    throw error;
  }
}

function finding(kind: StatementKind, sql: string, node: Node): string | undefined {
  const all = tokens(sql);
  const last = all.at(-1);
  const end = last?.word === ';' ? last.start : sql.length;
  const top = all.filter(({ depth, kind: of }) => depth === 0 && of === 'word');
  if (kind === 'select') return sql.slice(0, end);
  const verb = top.find(({ word }) => word === kind);
  if (verb === undefined) return undefined;
  const clause = (word: string, after = verb.end): Token | undefined =>
    top.find((token, place) => token.start >= after && token.word === word && top[place - 1]?.word !== 'distinct');
  const stop = clause('returning')?.start ?? end;
  const prefix = sql.slice(0, verb.start);
  if (kind === 'insert') return insertedRows(sql, node, { top, verb, stop });
  const where = clause('where')?.start ?? stop;
  const condition = sql.slice(where, stop);
  const start = kind === 'update' ? verb.end : clause('from')?.end;
  const others = kind === 'update' ? clause('from', clause('set')?.end) : clause('using');
  const relationEnd = kind === 'update' ? clause('set')?.start : (others?.start ?? where);
  const relation = sql.slice(start, relationEnd);
  const joined = others === undefined ? '' : `, ${sql.slice(others.end, where)}`;
  return `${prefix}SELECT * FROM ${relation}${joined} ${condition}`;
}

interface Insert {
  readonly top: readonly Token[];
  readonly verb: Token;
  readonly stop: number;
}

function insertedRows(sql: string, node: Node, { top, verb, stop }: Insert): string | undefined {
  const select = as('SelectStmt', node['selectStmt']);
  if (select === undefined || list(select['valuesLists']).length > 0) return undefined;
  const begin = top.find(({ word, start }) => start > verb.start && ['select', 'with', 'table'].includes(word));
  const conflict = top.find(({ word }, place) => word === 'on' && top[place + 1]?.word === 'conflict');
  return begin && `${sql.slice(0, verb.start)}${sql.slice(begin.start, Math.min(conflict?.start ?? stop, stop))}`;
}

const lockWords = ['update', 'share', 'no', 'key'];

/** Cuts FOR UPDATE and its like at every depth. */
function withoutLocks(sql: string): string {
  const all = tokens(sql);
  let out = '';
  let kept = 0;
  for (let place = 0; place < all.length; place += 1) {
    const next = all[place + 1];
    if (all[place]?.word !== 'for' || next?.kind !== 'word' || !lockWords.includes(next.word)) continue;
    out += sql.slice(kept, all[place]?.start);
    place += 1;
    while (isOfLock(all, place + 1)) place += 1;
    kept = all[place]?.end ?? sql.length;
  }
  return out + sql.slice(kept);
}

function isOfLock(all: readonly Token[], place: number): boolean {
  const token = all[place];
  const before = all[place - 1];
  if (token === undefined) return false;
  if (['key', 'update', 'share', 'of', 'nowait', 'skip', 'locked'].includes(token.word)) return true;
  const isName =
    token.kind === 'quoted' || (token.kind === 'word' && !['limit', 'offset', 'fetch', 'for'].includes(token.word));
  if (isName) return before?.word === 'of' || before?.word === ',' || before?.word === '.';
  return (token.word === ',' || token.word === '.') && before?.kind !== 'sign';
}

/** The statistics make `interval $1` of `interval '1 day'`, which the parser takes and the server does not. */
function withCasts(sql: string): string {
  const all = tokens(sql);
  let out = '';
  let kept = 0;
  for (const [place, token] of all.entries()) {
    const next = all[place + 1];
    if (next?.kind !== 'parameter' || !constantTypes.includes(token.word)) continue;
    out += `${sql.slice(kept, token.start)}${next.word}::${token.word}`;
    kept = next.end;
  }
  return out + sql.slice(kept);
}

const constantTypes = ['interval', 'date', 'time', 'timestamp', 'timestamptz'];

function withLimit(sql: string, rowsPerCall: number): string {
  const all = tokens(sql);
  let out = '';
  let kept = 0;
  for (const [place, token] of all.entries()) {
    const before = all[place - 1];
    if (token.kind !== 'parameter' || token.depth > 0 || !['limit', 'offset'].includes(before?.word ?? '')) continue;
    out +=
      sql.slice(kept, token.start) + (before?.word === 'limit' ? String(Math.max(1, Math.round(rowsPerCall))) : '0');
    kept = token.end;
  }
  return out + sql.slice(kept);
}

/** A parameter that is used nowhere has no type, so what was cut out leaves no gap in the numbers. */
function renumbered(sql: string): { readonly text: string; readonly parameters: number } {
  const numbers = new Map<string, number>();
  let text = '';
  let kept = 0;
  for (const { kind, word, start, end } of tokens(sql)) {
    if (kind !== 'parameter') continue;
    if (!numbers.has(word)) numbers.set(word, numbers.size + 1);
    text += `${sql.slice(kept, start)}$${numbers.get(word)}`;
    kept = end;
  }
  return { text: text + sql.slice(kept), parameters: numbers.size };
}
