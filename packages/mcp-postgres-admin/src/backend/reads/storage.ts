import type { StorageItem, StorageKind, StorageReading, WalFolder } from '../../model/storage.ts';
import type { Reader } from '../reader.ts';
import { readDatabases } from './databases.ts';
import { readMoment } from './moment.ts';

const most = 1000;
const relations = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;

/** Partitioned parents take no room; what they hold is counted by partition. */
const texts: Readonly<Record<Exclude<StorageKind, 'database' | 'temp'>, string>> = {
  schema: `SELECT quote_ident(n.nspname) AS name, sum(pg_catalog.pg_total_relation_size(c.oid))::float8 AS bytes
    FROM ${relations} WHERE c.relkind IN ('r', 'm', 'S') GROUP BY n.nspname`,
  table: `SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.pg_table_size(c.oid)::float8 AS bytes
    FROM ${relations} WHERE c.relkind IN ('r', 'm') ORDER BY c.relpages DESC LIMIT ${most}`,
  index: `SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.pg_relation_size(c.oid)::float8 AS bytes
    FROM ${relations} WHERE c.relkind = 'i' ORDER BY c.relpages DESC LIMIT ${most}`,
  toast: `SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.pg_total_relation_size(t.oid)::float8 AS bytes
    FROM ${relations} JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid ORDER BY t.relpages DESC LIMIT ${most}`,
  wal: `SELECT 'pg_wal' AS name, coalesce(sum(size), 0)::float8 AS bytes FROM pg_catalog.pg_ls_waldir()`,
  slots: `SELECT slot_name::text AS name, coalesce(pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery()
      THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, restart_lsn), 0)::float8 AS bytes
    FROM pg_catalog.pg_replication_slots`,
};

const walFolder = `
  SELECT coalesce(sum(size), 0)::float8 AS bytes,
    (SELECT setting::float8 * 1048576 FROM pg_catalog.pg_settings WHERE name = 'max_wal_size') AS "maxBytes",
    CASE WHEN current_setting('archive_mode') <> 'off' THEN
      (SELECT count(*) FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready') END::float8 AS ready
  FROM pg_catalog.pg_ls_waldir()`;

/** What takes room, by one kind; and all databases with the WAL beside them. */
export async function readStorage(reader: Reader, by: StorageKind): Promise<StorageReading> {
  const { at } = await readMoment(reader);
  const databases = await readDatabases(reader, true);
  return {
    facts: reader.facts,
    at,
    databases,
    items: await reader.part(() => readItems(reader, by, databases)),
    wal: await reader.part(() => reader.row<WalFolder>(walFolder)),
  };
}

async function readItems(
  reader: Reader,
  by: StorageKind,
  databases: StorageReading['databases'],
): Promise<readonly StorageItem[]> {
  if (by === 'database') {
    return largestFirst(
      databases.flatMap(({ name, sizeBytes }) => (sizeBytes === null ? [] : [{ name, bytes: sizeBytes }])),
    );
  }
  if (by === 'temp') return largestFirst(databases.map(({ name, tempBytes }) => ({ name, bytes: tempBytes })));
  return largestFirst(await reader.rows<StorageItem>(texts[by]));
}

function largestFirst(items: readonly StorageItem[]): readonly StorageItem[] {
  return items.toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
