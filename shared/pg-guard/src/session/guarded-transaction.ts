import type { ClientBase } from 'pg';
import { GuardRefusal } from '../refusal.ts';
import type { OwnQuery } from './own-query.ts';

/** What the session is, told by the first SELECT of a guarded transaction. */
export interface SessionFacts {
  readonly searchPath: readonly string[];
  /** Superuser, or able to run programs or touch files of the server by a predefined role. */
  readonly powerful: boolean;
  readonly serverEncoding: string;
  /** Puts the search path and the planner's settings back to what they were before our own queries. */
  readonly restoreSettings: () => Promise<void>;
}

/**
 * Our first SELECT: after it the server refuses every change of the transaction's mode (25001). It calls only built-in functions
 * by their full names and uses no operator, as the search path is still the user's; then it narrows the path, so that no user
 * object can stand in for a built-in one in the queries of the catalog that follow.
 */
const FIRST_SELECT = `SELECT
  pg_catalog.array_to_json(pg_catalog.current_schemas(true)) AS path,
  pg_catalog.current_setting('search_path') AS setting,
  pg_catalog.current_setting('standard_conforming_strings') AS strings,
  pg_catalog.current_setting('server_encoding') AS server,
  pg_catalog.current_setting('client_encoding') AS client,
  pg_catalog.current_setting('transaction_read_only') AS readonly,
  pg_catalog.pg_has_role('pg_execute_server_program', 'MEMBER') OR pg_catalog.pg_has_role('pg_read_server_files', 'MEMBER')
    OR pg_catalog.pg_has_role('pg_write_server_files', 'MEMBER') AS powerful,
  pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $2, true),
  pg_catalog.current_setting('jit') AS jit, pg_catalog.current_setting('plan_cache_mode') AS plans,
  pg_catalog.set_config('jit', 'off', true), pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true),
  pg_catalog.set_config('search_path', 'pg_catalog', true)`;

/** The settings that the catalog's check changed for itself, back to what the user's statement is to meet. */
const RESTORE = `SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('jit', $2, true),
  pg_catalog.set_config('plan_cache_mode', $3, true)`;

/**
 * What DISCARD ALL does, but for prepared statements and their plans: the only ones are ours, and planning them anew would cost
 * more than all the rest of the guard. One text of ours, so the simple protocol may run it.
 */
const CLEAN = `ROLLBACK; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES;
  SELECT pg_catalog.pg_advisory_unlock_all()`;

export interface Timeouts {
  readonly statementMs: number;
  readonly lockMs: number;
}

/** Opens the read-only transaction and takes away every way to change its mode. */
export async function beginGuarded(query: OwnQuery, timeouts: Timeouts): Promise<SessionFacts> {
  await query('BEGIN READ ONLY');
  const [facts = {}] = await query(
    FIRST_SELECT,
    [String(timeouts.statementMs), String(timeouts.lockMs)],
    'guard_first',
  );
  requireSameText(facts);
  return {
    searchPath: JSON.parse(facts['path'] ?? '[]') as string[],
    powerful: facts['powerful'] === 't',
    serverEncoding: facts['server'] ?? '',
    restoreSettings: async () => {
      await query(RESTORE, [facts['setting'], facts['jit'], facts['plans']], 'guard_restore');
    },
  };
}

/** Leaves nothing of the call in the session. */
export async function endGuarded(client: ClientBase): Promise<void> {
  await client.query(CLEAN);
}

const MULTIBYTE_ENCODINGS = ['UTF8', 'EUC_JP', 'EUC_CN', 'EUC_KR', 'EUC_TW', 'EUC_JIS_2004', 'MULE_INTERNAL'];

/**
 * In a database with a single-byte encoding the server lower-cases letters such as É in names, which the parser does not do: it
 * would look for another name.
 *
 * @throws GuardRefusal
 */
export function requireSameNames(sql: string, { serverEncoding }: SessionFacts): void {
  const foreign = /[\u0080-\uffff]/.exec(sql);
  if (foreign === null || MULTIBYTE_ENCODINGS.includes(serverEncoding)) return;
  throw new GuardRefusal({
    rule: 'session',
    node: 'text',
    position: foreign.index,
    message: `the database stores ${serverEncoding}, where names beyond ASCII may mean others than they seem to`,
    instead: 'keep the text to ASCII and pass other characters as parameters',
  });
}

/** Under other settings the server would read another statement than the parser did. */
function requireSameText(facts: Readonly<Record<string, string | null>>): void {
  const wrong = [
    facts['strings'] === 'on' ? '' : 'standard_conforming_strings is off',
    facts['client'] === 'UTF8' ? '' : `client_encoding is ${facts['client']}`,
    facts['server'] === 'SQL_ASCII' ? 'server_encoding is SQL_ASCII' : '',
    facts['readonly'] === 'on' ? '' : 'the transaction is not read-only',
  ].filter((words) => words !== '');
  if (wrong.length === 0) return;
  throw new GuardRefusal({
    rule: 'session',
    node: 'session',
    message: `the session cannot be guarded: ${wrong.join(', ')}`,
    instead: 'connect with -c standard_conforming_strings=on -c client_encoding=UTF8',
  });
}
