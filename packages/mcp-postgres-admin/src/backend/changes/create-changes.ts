import { isToolError, quote, ToolError } from '@cinecom/mcp-core';
import { sameStates } from '../../analysis/change/same.ts';
import type { BeforeChange, Changes, ChangeState, Rehearsal, RightsChange, SlotPicture } from '../../model/change.ts';
import type { PostgresSettings } from '../../settings.ts';
import { createAdminPool } from '../admin-pool.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';
import { sqlState } from '../errors.ts';
import { type Reader, withReader } from '../reader.ts';
import { readPrivileges } from '../reads/privileges.ts';
import { dropIndex, readIndex } from './drop-index.ts';
import { readState } from './state.ts';
import { statementOf } from './statements.ts';

const shortMs = 15_000;

/** Each piece of work on an admin connection of its own, which is closed after it: what was not committed is rolled back. */
export function createChanges(settings: PostgresSettings, log: (text: string) => void): Changes {
  const under = async <Result>(
    database: string | undefined,
    signal: AbortSignal,
    work: (reader: Reader) => Promise<Result>,
    statementTimeoutMs = shortMs,
  ): Promise<Result> => {
    const patience = { lockTimeoutMs: settings.lockTimeout * 1000, statementTimeoutMs };
    const pool = createAdminPool(settings, patience, { database, log });
    let role = '';
    try {
      return await withReader(pool, signal, async (reader) => {
        role = reader.facts.role;
        if (reader.facts.inRecovery) throw onStandby();
        return work(reader);
      });
    } catch (error) {
      throw translated(error, role);
    } finally {
      await pool.close();
    }
  };
  return {
    rehearse: (changes, examine, database, signal) =>
      under(database, signal, (reader) => rehearse(reader, changes, examine)),
    states: (changes, database, signal) => under(database, signal, (reader) => statesOf(reader, changes)),
    perform: (changes, expected, database, signal) =>
      under(database, signal, (reader) => perform(reader, changes, expected)),
    index: (name, database, signal) => under(database, signal, (reader) => readIndex(reader, name)),
    // It waits for every transaction that may use the index, as long as the call allows.
    dropIndex: (index, database, signal) => under(database, signal, (reader) => dropIndex(reader, index), 0),
    slot: (name, signal) =>
      under(undefined, signal, async (reader) => (await reader.rows<SlotPicture>(slotText, [name]))[0]),
    dropSlot: ({ name, position }, signal) =>
      under(undefined, signal, async (reader) => {
        const dropped = await reader.rows(
          `SELECT pg_catalog.pg_drop_replication_slot(s.slot_name) FROM pg_catalog.pg_replication_slots s
            WHERE s.slot_name = $1 AND NOT s.active AND ${positionText} = $2`,
          [name, position],
        );
        if (dropped.length === 0) throw moved(`slot ${quote(name)} is in use, gone, or was used meanwhile`);
      }),
  };
}

const positionText = "concat_ws(' ', s.restart_lsn, s.confirmed_flush_lsn, s.xmin, s.catalog_xmin)";
const slotText = `
SELECT s.slot_name::text AS name, s.slot_type AS kind, s.plugin::text AS plugin, s.database::text AS database, s.active,
  (pg_catalog.pg_current_wal_lsn() - s.restart_lsn)::float8 AS "retainedBytes", s.wal_status AS "walStatus",
  ${positionText} AS position
FROM pg_catalog.pg_replication_slots s WHERE s.slot_name = $1`;

async function rehearse(
  reader: Reader,
  changes: readonly RightsChange[],
  examine: (found: BeforeChange) => void,
): Promise<Rehearsal> {
  await reader.rows('BEGIN');
  const states = await statesOf(reader, changes);
  const before = { states, rightsBefore: await readPrivileges(reader), adminRole: reader.facts.role };
  examine(before);
  const statements: string[] = [];
  for (const change of changes) {
    const statement = await statementOf(reader, change);
    statements.push(statement);
    await reader.rows(statement);
  }
  const after = await statesOf(reader, changes);
  const rightsAfter = await readPrivileges(reader);
  await reader.rows('ROLLBACK');
  return { ...before, statements, after, rightsAfter };
}

async function perform(
  reader: Reader,
  changes: readonly RightsChange[],
  expected: readonly ChangeState[],
): Promise<readonly ChangeState[]> {
  await reader.rows('BEGIN');
  if (!sameStates(await statesOf(reader, changes), expected)) throw moved('the role or its rights have changed');
  for (const change of changes) await reader.rows(await statementOf(reader, change));
  const after = await statesOf(reader, changes);
  await reader.rows('COMMIT');
  return after;
}

async function statesOf(reader: Reader, changes: readonly RightsChange[]): Promise<readonly ChangeState[]> {
  const states: ChangeState[] = [];
  for (const change of changes) states.push(await readState(reader, change));
  return states;
}

function moved(what: string): ToolError {
  return new ToolError('backend_conflict', `${what}: nothing was done`, {
    hint: 'Plan it again from what is there now.',
  });
}

function onStandby(): ToolError {
  return new ToolError('backend_unsupported', 'this server is a standby: nothing can be changed on it', {
    hint: 'Change it on the primary: DATABASE_ADMIN_URL has to lead there.',
  });
}

function translated(error: unknown, role: string): unknown {
  if (!isToolError(error)) return error;
  const state = sqlState(error.cause);
  const text = error.backendText === undefined ? {} : { backendText: error.backendText };
  if (state === '42501')
    return new ToolError('backend_forbidden', `the role ${role} of the admin connection may not do this`, {
      hint: `GRANT it the owner of the object, or ADMIN on the role; for slots: ALTER ROLE ${shownIdentifier(role)} REPLICATION. DATABASE_ADMIN_URL may name another role.`,
      ...text,
      cause: error.cause,
    });
  // Dependent privileges, an object in use, a row that changed at the same time.
  if (state === '2BP01' || state === '55006')
    return new ToolError('backend_conflict', 'something else depends on it or uses it', {
      ...text,
      cause: error.cause,
    });
  return error;
}
