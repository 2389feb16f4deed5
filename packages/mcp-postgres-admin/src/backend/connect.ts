import { type ConnectContext, isToolError } from '@cinecom/mcp-core';
import type { PostgresSettings } from '../settings.ts';
import { createAdminPool } from './admin-pool.ts';
import { createBackups, removeLeftScratch } from './backup/create-backups.ts';
import { createChanges } from './changes/create-changes.ts';
import { sqlState } from './errors.ts';
import { createFreeSql } from './free-sql.ts';
import { createGuard } from './guard.ts';
import { createIndexAdvice } from './index-advice/create-index-advice.ts';
import { runOwnChecks } from './own-checks.ts';
import { maintain } from './maintain.ts';
import { createPool, type Pool } from './pool.ts';
import type { DatabaseBackend, FullServer, PostgresBackend } from './port.ts';
import { withReader } from './reader.ts';
import { readBloatLayouts } from './reads/bloat.ts';
import { measureBloat } from './reads/bloat-measure.ts';
import { readDdlSurroundings } from './reads/ddl.ts';
import { readHealth } from './reads/health.ts';
import { readHostScans, readIndexAudit } from './reads/index-audit.ts';
import { readLockScene } from './reads/locks.ts';
import { readMaintenanceTarget } from './reads/maintenance.ts';
import { readActivity } from './reads/sessions.ts';
import { readPrivilegeAudit } from './reads/privileges.ts';
import { readHostReplication } from './reads/replication.ts';
import { readSchema, readSchemaDetail } from './reads/schema.ts';
import { readLintHits } from './reads/schema-lint.ts';
import { readSnapshot } from './reads/snapshot.ts';
import { readStatementsNow, readStatementTexts } from './reads/statements.ts';
import { readStorage } from './reads/storage.ts';
import { readVacuumScene } from './reads/vacuum-scene.ts';
import { createSignalling } from './signal-session.ts';
import { createStandbys, type Standbys } from './standbys.ts';

const poolLimit = 3;
const changePatience = { lockTimeoutMs: 5000, statementTimeoutMs: 0 };

/** Opens the first connection and keeps it. A server that is full now is no failure: the overview says so. */
export async function connect({
  settings,
  signal,
  log,
  clock,
}: ConnectContext<PostgresSettings>): Promise<PostgresBackend> {
  const tell = (text: string): void => log('info', text);
  const poolOf = (database: string | undefined): Pool =>
    createPool({
      client: {
        connectionString: settings.connection,
        database,
        readOnly: true,
        statementTimeoutMs: settings.statementTimeout * 1000,
        lockTimeoutMs: settings.lockTimeout * 1000,
      },
      limit: poolLimit,
      keep: database === undefined ? 1 : 0,
      log: tell,
    });
  const pool = poolOf(undefined);
  // Not kept: none of its connections outlives its piece of work.
  const adminOf = (database: string | undefined): Pool =>
    createAdminPool(settings, changePatience, { database, log: tell });
  const signalling = createSignalling(pool, settings, tell);
  const standbys = createStandbys(settings, tell);
  await Promise.all([
    unlessFull(pool, () => withReader(pool, signal, async () => undefined)),
    removeLeftScratch(settings),
  ]);
  return {
    ...databaseBackend(pool, adminOf(undefined), { settings, standbys }),
    inDatabase: (name) => databaseBackend(poolOf(name), adminOf(name), { settings, standbys }),
    ...createChanges(settings, tell),
    ...createBackups(pool, settings, clock),
    async replication(under) {
      const { own, database } = await withReader(pool, under, async (reader) => ({
        own: await readHostReplication(reader),
        database: reader.facts.database,
      }));
      // Afterwards: what a standby lacks of an end of WAL that is older than its own reading, it really lacks.
      return { own, standbys: await standbys.ask(database, readHostReplication, under) };
    },
    session: (pid, under) => signalling.session(pid, under),
    signalSession: (kind, identity, under) => signalling.signalSession(kind, identity, under),
    close: async () => {
      await Promise.all([pool.close(), signalling.close(), standbys.close()]);
    },
  };
}

interface Surroundings {
  readonly settings: PostgresSettings;
  readonly standbys: Standbys;
}

function databaseBackend(pool: Pool, admin: Pool, { settings, standbys }: Surroundings): DatabaseBackend {
  const guard = createGuard(pool, settings);
  return {
    facts: (under) => withReader(pool, under, async (reader) => reader.facts),
    health: (checks, under) =>
      unlessFull(pool, () => withReader(pool, under, (reader) => readHealth(reader, checks, pool.pids()))),
    ownChecks: (checks, under) => runOwnChecks(guard, checks, under),
    activity: (under) => withReader(pool, under, (reader) => readActivity(reader, pool.pids())),
    locks: (under) => withReader(pool, under, (reader) => readLockScene(reader, pool.pids())),
    statements: (under) => withReader(pool, under, readStatementsNow),
    statementTexts: (ids, under) => withReader(pool, under, (reader) => readStatementTexts(reader, ids)),
    privileges: (under) => withReader(pool, under, readPrivilegeAudit),
    bloatLayouts: (options, under) => withReader(pool, under, (reader) => readBloatLayouts(reader, options)),
    measureBloat: (targets, onStep, under) =>
      withReader(pool, under, (reader) => measureBloat(reader, targets, onStep)),
    async indexAudit(table, under) {
      const own = await withReader(pool, under, (reader) => readIndexAudit(reader, table));
      return own && { ...own, standbys: await standbys.ask(own.facts.database, readHostScans, under) };
    },
    schema: (search, under) => withReader(pool, under, (reader) => readSchema(reader, search)),
    schemaDetail: (object, under) => withReader(pool, under, (reader) => readSchemaDetail(reader, object)),
    ddlSurroundings: (names, under) => withReader(pool, under, (reader) => readDdlSurroundings(reader, names)),
    lintCatalog: (under) => withReader(pool, under, readLintHits),
    storage: (by, under) => withReader(pool, under, (reader) => readStorage(reader, by)),
    vacuum: (table, under) => withReader(pool, under, (reader) => readVacuumScene(reader, table)),
    snapshot: (under) => withReader(pool, under, readSnapshot),
    maintenanceTarget: (name, under) => withReader(pool, under, (reader) => readMaintenanceTarget(reader, name)),
    maintain: (target, work, onStep, under) => maintain({ admin, reader: pool }, target, work, onStep, under),
    ...createFreeSql(guard, pool),
    ...createIndexAdvice(guard, pool),
  };
}

async function unlessFull<Result>(pool: Pool, work: () => Promise<Result>): Promise<Result | FullServer> {
  try {
    return await work();
  } catch (error) {
    if (!isToolError(error) || sqlState(error.cause) !== '53300') throw error;
    return { full: true, address: pool.address()?.text ?? 'the configured address' };
  }
}
