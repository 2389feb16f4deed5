import type { OverviewContext } from '../../src/analysis/overview/types.ts';
import type { BackupPoint, BackupReading } from '../../src/model/backup.ts';
import type { HealthReading } from '../../src/model/health.ts';
import type { ServerFacts } from '../../src/model/server-facts.ts';
import { picture } from './replication.ts';

/** 2026-01-01T00:00:00Z. */
export const moment = Date.UTC(2026, 0, 1);

export const healthyFacts: ServerFacts = {
  versionNumber: 150_018,
  version: '15.18',
  inRecovery: false,
  database: 'cinema',
  role: 'mcp_reader',
  superuser: false,
  memberOf: ['pg_monitor', 'pg_read_all_stats', 'pg_read_all_data'],
  predefinedRoles: ['pg_monitor', 'pg_read_all_data', 'pg_signal_backend'],
  extensions: { pg_stat_statements: { version: '1.10', schema: 'public' } },
  availableExtensions: [],
  columns: {},
  startedAt: moment - 86_400_000,
  systemId: '7000000000000000001',
  encrypted: true,
  remote: true,
};

const good: Readonly<Record<string, string>> = {
  fsync: 'on',
  full_page_writes: 'on',
  autovacuum: 'on',
  track_counts: 'on',
  ssl: 'on',
  idle_in_transaction_session_timeout: '600000',
  max_slot_wal_keep_size: '-1',
  autovacuum_freeze_max_age: '200000000',
  autovacuum_multixact_freeze_max_age: '400000000',
};

/** Settings as read, some of them changed. */
export function settingsWith(changed: Readonly<Record<string, string>> = {}): HealthReading['settings'] {
  return {
    value: Object.entries({ ...good, ...changed }).map(([name, value]) => ({ name, value, pendingRestart: false })),
  };
}

/** A server with nothing to complain about. */
export function healthy(extra: Partial<HealthReading> = {}): HealthReading {
  return {
    facts: healthyFacts,
    at: moment,
    nextXid: 60_000_000,
    databases: {
      value: [
        {
          name: 'cinema',
          blocksHit: 1_000_000,
          blocksRead: 1000,
          commits: 1000,
          rollbacks: 0,
          deadlocks: 0,
          tempBytes: 0,
          checksumFailures: 0,
          resetAt: null,
          sizeBytes: 1e9,
          xidAge: 50_000_000,
          multixactAge: 1000,
        },
      ],
    },
    sessions: { value: [] },
    limits: { value: { max: 100, superuserReserved: 3, reserved: 0 } },
    settings: settingsWith(),
    locks: { value: { waits: [], held: [], prepared: [], slots: [] } },
    vacuum: { value: [] },
    layouts: { value: [] },
    sequences: { value: [] },
    replication: { value: picture() },
    checkpoints: { value: { timed: 1000, requested: 1, resetAt: null } },
    archiver: {
      value: { mode: 'on', archived: 10, failed: 0, lastArchivedAt: moment, lastFailedAt: null, lastFailedFile: null },
    },
    ...extra,
  };
}

/** One backup of an hour ago, verified and tested. */
export function backupsWith(extra: Partial<BackupPoint> = {}): BackupReading {
  const tested = { at: moment - 3_600_000, result: 'faithful', why: '', recoveryMs: 90_000 };
  const point = {
    id: '20251231T230000000Z-000001',
    kind: 'dump',
    type: 'full',
    label: null,
    bytes: 1e9,
    consistentAt: moment - 3_600_000,
    elapsedMs: 60_000,
    verified: 2,
    damage: [],
    gaps: [],
    encrypted: false,
    lastTest: tested,
  };
  return {
    store: '/var/backups',
    points: [{ ...point, ...extra }],
    others: 0,
    unreadable: [],
    unfinished: 0,
    stanzaUnread: null,
    wal: { until: null, gaps: [] },
  };
}

/** An hour ago, everything twenty times smaller. */
export function context(extra: Partial<OverviewContext> = {}): OverviewContext {
  return {
    earlier: {
      at: moment - 3_600_000,
      nextXid: 59_990_000,
      databases: [{ name: 'cinema', blocksHit: 50_000, blocksRead: 50, resetAt: null }],
      sequences: [],
      checkpoints: { timed: 10, requested: 0 },
    },
    capacityBytes: 1e11,
    rpoMinutes: undefined,
    ownChecks: [],
    backups: { reading: { value: backupsWith() }, now: moment, rtoMinutes: undefined },
    ...extra,
  };
}
