import { GuardRefusal, type GuardRule } from '../refusal.ts';

const SINGLE = 'one SELECT, VALUES, TABLE, EXPLAIN of one, or SHOW';

interface Reason {
  readonly rule: GuardRule;
  readonly words: string;
  readonly instead: string;
}

const FIELD_REASONS: Readonly<Record<string, Reason>> = {
  'SelectStmt.intoClause': {
    rule: 'into',
    words: 'SELECT … INTO creates a table',
    instead: 'leave INTO out: the rows come back in the answer',
  },
  'SelectStmt.lockingClause': {
    rule: 'locking',
    words: 'FOR UPDATE and FOR SHARE lock rows and write to them',
    instead: 'leave the locking clause out; pg_locks shows who holds what',
  },
};

/** Statement nodes whose refusal can say what serves instead. */
const STATEMENT_ADVICE: Readonly<Record<string, string>> = {
  CopyStmt: 'use SELECT; the server writes and reads no file for a read',
  VacuumStmt: 'pg_maintain',
  ReindexStmt: 'pg_maintain',
  IndexStmt: 'pg_maintain builds an index, pg_explain tries a hypothetical one',
  VariableSetStmt: 'settings stay as they are; SHOW reads one',
  CheckPointStmt: 'an operator runs CHECKPOINT by hand',
  LockStmt: 'pg_locks shows locks; reading needs no LOCK',
  PrepareStmt: 'give the statement itself, with parameters',
  ExecuteStmt: 'give the statement itself, with parameters',
  DeclareCursorStmt: 'give the SELECT itself; page through it by keyset',
  FetchStmt: 'give the SELECT itself; page through it by keyset',
  TransactionStmt: 'the transaction is opened read-only and rolled back for you',
  GrantStmt: 'pg_change',
  GrantRoleStmt: 'pg_change',
  AlterRoleStmt: 'pg_change',
  DropStmt: 'pg_change drops indexes',
};

const WRITES: readonly string[] = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** The refusal of a node that is no part of a reading statement; `offset` in bytes, made a text position by the caller. */
export function refuseNode(type: string, node: object, offset: number, field?: string): GuardRefusal {
  const known = field === undefined ? undefined : FIELD_REASONS[`${type}.${field}`];
  if (known !== undefined) {
    return new GuardRefusal({
      rule: known.rule,
      node: field === 'intoClause' ? 'IntoClause' : 'LockingClause',
      position: offset,
      message: known.words,
      instead: known.instead,
    });
  }
  if (WRITES.includes(type)) return refuseStatement(type, offset, 'data-modifying');
  if (type.endsWith('Stmt') && !(type === 'SelectStmt')) return refuseStatement(type, offset, 'statement-kind');
  const what = field === undefined ? type : `${type}.${field}`;
  return new GuardRefusal({
    rule: 'node',
    node: what,
    position: offset,
    message: `${what} is not known to be harmless in a reading statement`,
    instead: 'say the same with plain SELECT syntax',
  });
}

/** @param offset bytes from the start of the text */
export function refuseStatement(type: string, offset: number, rule: GuardRule): GuardRefusal {
  const words = type
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
  return new GuardRefusal({
    rule,
    node: type,
    position: offset,
    message: rule === 'data-modifying' ? `${words} changes rows` : `${words} is not a reading statement`,
    instead: STATEMENT_ADVICE[type] ?? SINGLE,
  });
}
