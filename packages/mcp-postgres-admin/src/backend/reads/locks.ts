import type { HeldLocks, LockPicture, LockScene, LockWait } from '../../model/lock-wait.ts';
import type { Reader } from '../reader.ts';
import { readSessions } from './sessions.ts';

const waitsText = `
SELECT w.pid, "waitMs", "blockedBy", "lockType", mode, object FROM (
  SELECT l.pid, (extract(epoch FROM clock_timestamp() - coalesce(WAIT_START, a.query_start)) * 1000)::float8 AS "waitMs",
    ARRAY(SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids(l.pid)) ORDER BY 1) AS "blockedBy",
    l.locktype AS "lockType", l.mode,
    CASE WHEN l.relation IS NOT NULL AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
           THEN l.relation::regclass::text
         WHEN l.relation IS NOT NULL THEN 'relation ' || l.relation || ' of database ' || coalesce(a.datname, '?')
         WHEN l.transactionid IS NOT NULL THEN 'a row changed by transaction ' || l.transactionid
         ELSE l.locktype END AS object
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE NOT l.granted) w ORDER BY "waitMs" DESC`;

const heldText = `
SELECT pid, (array_agg(mode || ' ' || name ORDER BY strength DESC, name))[1:8] AS locks FROM (
  SELECT DISTINCT l.pid, l.mode, l.relation::regclass::text AS name,
    array_position(ARRAY['AccessShareLock','RowShareLock','RowExclusiveLock','ShareUpdateExclusiveLock','ShareLock',
      'ShareRowExclusiveLock','ExclusiveLock','AccessExclusiveLock'], l.mode) AS strength
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'f')
  WHERE l.granted AND l.locktype = 'relation' AND l.pid = ANY ($1)
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())) held
GROUP BY pid`;

const preparedText = `
SELECT gid::text AS gid, (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8 AS "ageMs",
  age(transaction)::float8 AS "xminAge" FROM pg_catalog.pg_prepared_xacts ORDER BY prepared LIMIT 100`;

const slotsText = `
SELECT active_pid AS pid, slot_name::text AS name FROM pg_catalog.pg_replication_slots WHERE active_pid = ANY ($1)`;

/** Who waits for whom, what the blockers hold in this database, and prepared transactions. */
export async function readLocks(reader: Reader): Promise<LockPicture> {
  // waitstart came with 14; before, the start of the statement bounds the wait from above.
  const start = reader.facts.versionNumber >= 140_000 ? 'l.waitstart' : 'NULL::timestamptz';
  const waits = await reader.rows<LockWait>(waitsText.replace('WAIT_START', start));
  const blockers = [...new Set(waits.flatMap((wait) => wait.blockedBy))].filter((pid) => pid !== 0);
  const held = blockers.length === 0 ? [] : await reader.rows<HeldLocks>(heldText, [blockers]);
  const prepared = await reader.rows<LockPicture['prepared'][number]>(preparedText);
  const slots = blockers.length === 0 ? [] : await reader.rows<LockPicture['slots'][number]>(slotsText, [blockers]);
  return { waits, held, prepared, slots };
}

/** Locks, and the sessions of the same moment when somebody waits. */
export async function readLockScene(reader: Reader, own: readonly number[]): Promise<LockScene> {
  const picture = await readLocks(reader);
  return { ...picture, sessions: picture.waits.length === 0 ? [] : await readSessions(reader, own) };
}
