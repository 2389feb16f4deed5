import type { Backups } from '../../src/model/backup.ts';

const at = Date.UTC(2026, 0, 1);
const id = '20260101T000000000Z-000001';

/** Backups as the real ones answer, without making any: for tests that ask every tool again and again. */
export const backups: Backups = {
  backupPreflight: async () => ({
    database: 'cinema',
    systemId: '7000000000000000001',
    store: '/var/backups/cinema',
    program: 'pg_dump 15.18',
    expectedBytes: 1e9,
    freeBytes: 1e11,
  }),
  takeBackup: async () => ({
    id,
    database: 'cinema',
    bytes: 1e9,
    consistentAt: at,
    elapsedMs: 4000,
    verified: 2,
    damage: ['dump/toc.dat: the file is not there'],
    gaps: ['passwords of roles: the account may not read pg_authid'],
    digest: 'c0ffee',
  }),
  backups: async () => ({
    value: {
      store: '/var/backups/cinema',
      points: [
        {
          id,
          kind: 'dump',
          type: 'full',
          label: 'before the release',
          bytes: 1e9,
          consistentAt: at,
          elapsedMs: 4000,
          verified: 4,
          damage: ['globals.sql: 10 bytes, was written with 20'],
          gaps: [],
          encrypted: false,
          lastTest: { at, result: 'different', why: 'table public.movies: 5 rows became 4', recoveryMs: 5000 },
        },
      ],
      others: 0,
      unreadable: ['20260101T000000000Z-000002: not a backup point of format 1'],
      unfinished: 0,
      stanzaUnread: null,
      wal: { until: null, gaps: [] },
    },
  }),
  archiver: async () => ({
    value: { mode: 'on', archived: 1, failed: 1, lastArchivedAt: at, lastFailedAt: at + 1, lastFailedFile: '0000' },
  }),
  restorePreflight: async () => ({ id, database: 'cinema', scratch: '/var/tmp/cinema-scratch' }),
  testRestore: async () => ({
    id,
    digest: 'c0ffee',
    database: 'cinema',
    consistentAt: at,
    result: 'different',
    why: 'table public.movies: 5 rows became 4',
    recoveryMs: 5000,
    recoveredTo: at,
    steps: [{ step: 'restore', ms: 5000 }],
    compared: { rows: 5, hashed: 5, objects: 3 },
    outcomeCount: 1,
    outcomes: [{ verdict: 'differs', category: 'table', name: 'public.movies', why: '5 rows became 4' }],
    errorCount: 1,
    errors: [{ kind: 'other', object: 'TABLE movies', why: 'ERROR: no' }],
    amcheck: 'clean',
    checks: [{ name: 'films', expected: '5', got: '4' }],
    notes: ['tablespace fast was left out'],
  }),
};
