/** A known fault and where the servers are expected to name it. */
export interface PlantedFault {
  readonly id: string;
  readonly what: string;
  /** Words of the Postgres server's specification: a check of the overview, or a kind of the index audit. */
  readonly expectedCheck: string;
  /** Table, index, sequence or setting, as an answer should name it. */
  readonly object: string;
  /** `seed`: there once seeded. Else the function that makes it, while its handle is held. */
  readonly by: 'seed' | 'runWorkload' | 'holdLockChain' | 'holdIdleTransaction' | 'fillConnections';
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    id: 'missing-foreign-key-index',
    what: 'bookings.screening_id references screenings and has no index',
    expectedCheck: 'missingFk',
    object: 'public.bookings',
    by: 'seed',
  },
  {
    id: 'sequence-near-end',
    what: 'a smallint identity column has used 32,100 of 32,767 values',
    expectedCheck: 'sequences',
    object: 'public.daily_closings_id_seq',
    by: 'seed',
  },
  {
    id: 'vacuum-overdue',
    what: 'eight tables hold four times the dead rows that would start autovacuum, which is off on them',
    expectedCheck: 'vacuum queue',
    object: 'public.seat_holds_1',
    by: 'seed',
  },
  {
    id: 'invalid-index',
    what: 'a unique index failed while it was built concurrently and was left behind',
    expectedCheck: 'invalid',
    object: 'public.reviews_customer_id_movie_id_key',
    by: 'seed',
  },
  {
    id: 'duplicate-index',
    what: 'two indexes of the same definition on bookings.customer_id',
    expectedCheck: 'duplicate',
    object: 'public.bookings_customer_id_again_idx',
    by: 'seed',
  },
  {
    id: 'fsync-off',
    what: 'the server runs without fsync, as every server of the test bed does',
    expectedCheck: 'settings',
    object: 'fsync',
    by: 'seed',
  },
  {
    id: 'slow-repeated-statement',
    what: 'the seat map reads all bookings for each screening',
    expectedCheck: 'top queries',
    object: 'public.bookings',
    by: 'runWorkload',
  },
  {
    id: 'low-cache-hit',
    what: 'reports read tables that do not fit shared_buffers; wants settings of `coldCache`',
    expectedCheck: 'cache hit',
    object: 'database',
    by: 'runWorkload',
  },
  {
    id: 'lock-chain',
    what: 'a forgotten transaction blocks a second, which blocks a third',
    expectedCheck: 'locks',
    object: 'public.screenings',
    by: 'holdLockChain',
  },
  {
    id: 'idle-in-transaction',
    what: 'a session holds a snapshot and does nothing',
    expectedCheck: 'connections',
    object: 'cinema-batch',
    by: 'holdIdleTransaction',
  },
  {
    id: 'long-transaction',
    what: 'the same session pins the horizon, so vacuum cannot remove rows',
    expectedCheck: 'long transaction',
    object: 'cinema-batch',
    by: 'holdIdleTransaction',
  },
  {
    id: 'connections-near-limit',
    what: 'an application leaks connections',
    expectedCheck: 'connections',
    object: 'cinema-web',
    by: 'fillConnections',
  },
];

/** Server settings under which the fault `low-cache-hit` shows, from scale 0.1 on. */
export const coldCache: Readonly<Record<string, string>> = { shared_buffers: '1MB' };

const holdTables = 8;

/** Dead rows are four fifths of each table: threshold 50 + 0.2 × 200 rows against 800 dead ones. */
function overdueTables(): string[] {
  return Array.from({ length: holdTables }, (_, index) => {
    const table = `seat_holds_${index + 1}`;
    return `CREATE TABLE ${table} (id int PRIMARY KEY, seat_id int NOT NULL, until timestamptz NOT NULL) WITH (autovacuum_enabled = off);
      INSERT INTO ${table} SELECT i, i, now() FROM generate_series(1, 1000) i;
      DELETE FROM ${table} WHERE id > 200;
      ANALYZE ${table}`;
  });
}

/** Texts to run one by one, outside a transaction. */
export const plantStatements: readonly string[] = [
  `CREATE TABLE daily_closings (
     id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cinema_id int NOT NULL REFERENCES cinemas, total_yen bigint NOT NULL);
   CREATE INDEX daily_closings_cinema_id_idx ON daily_closings (cinema_id);
   SELECT setval('daily_closings_id_seq', 32100)`,
  ...overdueTables(),
  'CREATE INDEX bookings_customer_id_again_idx ON bookings (customer_id)',
];

/** Fails, since some customers reviewed a film twice, and so leaves an invalid index. */
export const invalidIndexStatement =
  'CREATE UNIQUE INDEX CONCURRENTLY reviews_customer_id_movie_id_key ON reviews (customer_id, movie_id)';
