import type { AutovacuumSettings, VacuumReading } from '../../model/vacuum.ts';
import type { Reader } from '../reader.ts';
import { readDatabases } from './databases.ts';
import { readHorizonHolders, readVacuumRuns } from './horizon.ts';
import { readMoment } from './moment.ts';
import { resolveRelation } from './resolve.ts';
import { readOldestTables, readVacuumTables } from './vacuum.ts';

const oldestTables = 5;

const settings = `
  SELECT current_setting('autovacuum')::bool AND current_setting('track_counts')::bool AS on,
    current_setting('autovacuum_max_workers')::int AS workers,
    current_setting('autovacuum_freeze_max_age')::float8 AS "freezeMaxAge",
    current_setting('autovacuum_multixact_freeze_max_age')::float8 AS "multixactFreezeMaxAge"`;

/**
 * What vacuum has to do, what it does, and what holds it back.
 *
 * @param table as SQL writes it; undefined = every table that is due
 * @returns undefined when there is no relation of that name
 */
export async function readVacuumScene(reader: Reader, table: string | undefined): Promise<VacuumReading | undefined> {
  const oid = table === undefined ? undefined : await resolveRelation(reader, table);
  if (table !== undefined && oid === undefined) return undefined;
  return {
    facts: reader.facts,
    ...(await readMoment(reader)),
    tables: await readVacuumTables(reader, oid),
    oldest: oid === undefined ? await readOldestTables(reader, oldestTables) : [],
    runs: await reader.part(() => readVacuumRuns(reader)),
    holders: await reader.part(() => readHorizonHolders(reader)),
    databases: await reader.part(() => readDatabases(reader, false)),
    autovacuum: await reader.row<AutovacuumSettings>(settings),
  };
}
