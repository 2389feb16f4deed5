import type { PostgresBed } from '@cinecom/testbed/vitest';

/** Tables whose right indexes are known; hashes make values that neither depend on each other nor on chance. */
const texts = [
  `CREATE TABLE tickets (
     id bigint PRIMARY KEY, shop_id int NOT NULL, state text NOT NULL, sold_at timestamptz NOT NULL, buyer_email text NOT NULL,
     code text COLLATE "und-x-icu" NOT NULL, plain_code text COLLATE "C" NOT NULL, price_yen int NOT NULL, paid boolean NOT NULL, seat int)`,
  `INSERT INTO tickets SELECT i, abs(hashint4(i) % 400), CASE WHEN i % 100 = 0 THEN 'failed' WHEN i % 3 = 0 THEN 'open' ELSE 'done' END,
     timestamptz '2026-01-01' + make_interval(secs => i * 100), 'Buyer' || abs(hashint4(i + 1) % 50000) || '@example.com',
     'T' || lpad((i * 7 % 100000)::text, 6, '0'), 'T' || lpad((i * 7 % 100000)::text, 6, '0'), abs(hashint4(i + 2) % 5000), i % 2 = 0, i % 500
     FROM generate_series(1, 100000) i`,
  `CREATE TABLE shops (id int PRIMARY KEY, name text NOT NULL, region text NOT NULL)`,
  `INSERT INTO shops SELECT i, 'shop ' || i, 'region ' || i % 8 FROM generate_series(0, 399) i`,
  `CREATE TABLE "売上 Daily" ("Id" int PRIMARY KEY, "日付" date NOT NULL, "Shop Id" int NOT NULL, yen int NOT NULL)`,
  `INSERT INTO "売上 Daily" SELECT i, date '2020-01-01' + i % 2000, i % 1000, i FROM generate_series(1, 60000) i`,
  `CREATE TABLE fresh (id int, kind int) WITH (autovacuum_enabled = off)`,
  `INSERT INTO fresh SELECT i, i % 1000 FROM generate_series(1, 60000) i`,
  `CREATE TABLE journal (at timestamptz NOT NULL, line text NOT NULL)`,
];

/** Fills the suite's database. Statistics are gathered and visibility is mapped, as in a database that has been in use. */
export async function plantAdviceTables(bed: PostgresBed): Promise<void> {
  for (const text of texts) await bed.server().query(text, [], bed.database());
  for (const table of ['tickets', 'shops', '"売上 Daily"', 'journal']) {
    // Commits of the test bed are not synchronous: rows whose commit, or one of its neighbours, is not on disk yet do not
    // count as visible to all.
    await bed.server().query('CHECKPOINT');
    // On a connection of its own: the counters of a session are told after it.
    await bed.server().query(`VACUUM ANALYZE ${table}`, [], bed.database());
  }
}
