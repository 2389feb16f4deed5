import { systemClock } from '@cinecom/mcp-core';
import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { heaviest, strongest } from '../src/analysis/ddl/effect.ts';
import { parseDdl } from '../src/analysis/ddl/parse.ts';
import { statementEffects } from '../src/analysis/ddl/statement.ts';
import { connect } from '../src/backend/connect.ts';
import type { PostgresBackend } from '../src/backend/port.ts';
import { type PostgresSettings, postgresSettings } from '../src/settings.ts';

const table = `CREATE TABLE "表" (id int PRIMARY KEY, n int, word varchar(20), long text, price numeric(10, 2), at timestamp, addr cidr, u int NOT NULL);
  INSERT INTO "表" SELECT i, i, 'w' || i, repeat('x', 50), i, now(), '10.0.0.0/8', i FROM generate_series(1, 2000) i;
  ALTER TABLE "表" ADD CONSTRAINT n_there CHECK (n IS NOT NULL);
  ALTER TABLE "表" ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
  CREATE INDEX word_idx ON "表" (word);
  CREATE UNIQUE INDEX u_idx ON "表" (u);
  CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(0, 3000);
  CREATE TABLE parted (id int) PARTITION BY RANGE (id);
  CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
  CREATE TABLE part_2 (id int); INSERT INTO part_2 SELECT 15 FROM generate_series(1, 100);
  CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER old BEFORE UPDATE ON "表" FOR EACH ROW EXECUTE FUNCTION noop();
  CREATE MATERIALIZED VIEW seen AS SELECT id FROM "表";
  ANALYZE`;

/** Each in a transaction that is rolled back; what the server did to `about` is compared with what is said. */
const statements: readonly (readonly [sql: string, about?: string])[] = [
  ['ALTER TABLE "表" ADD COLUMN c int'],
  ['ALTER TABLE "表" ADD COLUMN c text DEFAULT \'x\' NOT NULL'],
  ['ALTER TABLE "表" ADD COLUMN c timestamptz DEFAULT now()'],
  ['ALTER TABLE "表" ADD COLUMN c float8 DEFAULT random()'],
  ['ALTER TABLE "表" ADD COLUMN c serial'],
  ['ALTER TABLE "表" ADD COLUMN c int GENERATED ALWAYS AS IDENTITY'],
  ['ALTER TABLE "表" ADD COLUMN c int GENERATED ALWAYS AS (n * 2) STORED'],
  ['ALTER TABLE "表" ADD COLUMN c int CHECK (c > 0)'],
  ['ALTER TABLE "表" ADD COLUMN c int UNIQUE'],
  ['ALTER TABLE "表" ADD COLUMN c int REFERENCES parent'],
  ['ALTER TABLE "表" ADD COLUMN c int DEFAULT 1 REFERENCES parent'],
  ['ALTER TABLE "表" DROP COLUMN n'],
  ['ALTER TABLE "表" ALTER n TYPE bigint'],
  ['ALTER TABLE "表" ALTER word TYPE varchar(40)'],
  ['ALTER TABLE "表" ALTER word TYPE text'],
  ['ALTER TABLE "表" ALTER word TYPE varchar(10)'],
  ['ALTER TABLE "表" ALTER long TYPE varchar'],
  ['ALTER TABLE "表" ALTER long TYPE varchar(100)'],
  ['ALTER TABLE "表" ALTER price TYPE numeric(12, 2)'],
  ['ALTER TABLE "表" ALTER price TYPE numeric(12, 3)'],
  ['ALTER TABLE "表" ALTER price TYPE numeric'],
  ['ALTER TABLE "表" ALTER at TYPE timestamp(3)'],
  ['ALTER TABLE "表" ALTER addr TYPE inet'],
  ['ALTER TABLE "表" ALTER n SET NOT NULL'],
  ['ALTER TABLE "表" ALTER long SET NOT NULL'],
  ['ALTER TABLE "表" ALTER u SET NOT NULL'],
  ['ALTER TABLE "表" ALTER u DROP NOT NULL'],
  ['ALTER TABLE "表" ALTER n SET DEFAULT 5'],
  ['ALTER TABLE "表" ALTER n SET STATISTICS 50'],
  ['ALTER TABLE "表" SET (fillfactor = 80)'],
  ['ALTER TABLE "表" SET UNLOGGED'],
  ['ALTER TABLE "表" ADD CHECK (n > 0)'],
  ['ALTER TABLE "表" ADD CHECK (n > 0) NOT VALID'],
  ['ALTER TABLE "表" VALIDATE CONSTRAINT later'],
  ['ALTER TABLE "表" DROP CONSTRAINT later'],
  ['ALTER TABLE "表" ADD FOREIGN KEY (n) REFERENCES parent'],
  ['ALTER TABLE "表" ADD FOREIGN KEY (n) REFERENCES parent NOT VALID'],
  ['ALTER TABLE "表" ADD FOREIGN KEY (n) REFERENCES parent', 'parent'],
  ['ALTER TABLE "表" ADD UNIQUE (n)'],
  ['ALTER TABLE "表" ADD UNIQUE USING INDEX u_idx'],
  ['ALTER TABLE "表" DISABLE TRIGGER old'],
  ['ALTER TABLE "表" ENABLE ROW LEVEL SECURITY'],
  ['ALTER TABLE parted ATTACH PARTITION part_2 FOR VALUES FROM (10) TO (20)', 'part_2'],
  ['ALTER TABLE parted ATTACH PARTITION part_2 FOR VALUES FROM (10) TO (20)', 'parted'],
  ['ALTER TABLE parted DETACH PARTITION part_1', 'parted'],
  ['CREATE TABLE part_3 PARTITION OF parted FOR VALUES FROM (30) TO (40)', 'parted'],
  ['CREATE TABLE child (id int REFERENCES parent)', 'parent'],
  ['CREATE INDEX fresh ON "表" (n)'],
  ['DROP INDEX word_idx', 'word_idx'],
  ['REINDEX TABLE "表"'],
  ['REINDEX INDEX word_idx', 'word_idx'],
  ['ALTER TABLE "表" RENAME COLUMN n TO m'],
  ['ALTER TABLE "表" RENAME TO "別"'],
  ['ALTER INDEX word_idx RENAME TO words_idx', 'word_idx'],
  ['TRUNCATE "表"'],
  ['LOCK TABLE "表" IN SHARE ROW EXCLUSIVE MODE'],
  ['CREATE TRIGGER fresh BEFORE UPDATE ON "表" FOR EACH ROW EXECUTE FUNCTION noop()'],
  ['UPDATE "表" SET n = n + 1 WHERE id = 7'],
  ['REFRESH MATERIALIZED VIEW seen', 'seen'],
];

const cases = statements.map(([sql, about = '表']) => [sql, about] as const);
const rank = ['none', 'scan', 'rewrite'];
/** What is known of rows is of the table's own; an index is built by reading all of them. */
const asScan: Readonly<Record<string, string>> = { build: 'scan' };

describeWithEachMajor(
  'what is said of DDL',
  (bed) => {
    let backend: PostgresBackend;
    let client: Client;

    beforeAll(async () => {
      await bed.server().query(table, [], bed.database());
      const defaults = Object.entries(postgresSettings).map(([name, { schema }]) => [
        name,
        schema.safeParse(undefined).data,
      ]);
      const settings = { ...Object.fromEntries(defaults), connection: bed.url() } as PostgresSettings;
      backend = await connect({
        settings,
        signal: AbortSignal.timeout(10_000),
        clock: systemClock,
        log: () => undefined,
      });
      client = new Client({ connectionString: bed.url() });
      await client.connect();
    });
    afterAll(async () => {
      await client.end();
      await backend.close();
    });

    async function said(sql: string, about: string) {
      const ddl = await parseDdl(sql);
      const surroundings = await backend.ddlSurroundings(ddl, AbortSignal.timeout(10_000));
      const effects = ddl.statements.flatMap(({ node }) => statementEffects(node, surroundings));
      const known = effects.flatMap((one) => ('unknown' in one ? [] : [one]));
      expect(known.length).toBe(effects.length);
      const own = known.filter(({ target }) => target === `"${about}"`);
      const other = known.flatMap((one) =>
        one.other?.target === `"${about}"` ? [{ ...one, lock: one.other.lock, work: one.other.work }] : [],
      );
      const all = own.length > 0 ? own : other;
      return { lock: strongest(all), work: heaviest(all) };
    }

    async function done(sql: string, about: string) {
      const regclass = `'"${about}"'::regclass`;
      const node = `SELECT pg_relation_filenode(${regclass}) AS node`;
      await client.query('BEGIN');
      try {
        const [oid] = (await client.query<{ oid: number }>(`SELECT ${regclass}::oid AS oid`)).rows;
        const before = (await client.query<{ node: number }>(node)).rows[0]?.node;
        const scans = `SELECT coalesce(seq_scan, 0)::int AS n FROM pg_stat_xact_all_tables WHERE relid = ${oid?.oid}`;
        const read = (await client.query<{ n: number }>(scans)).rows[0]?.n ?? 0;
        await client.query(sql);
        const { rows } = await client.query<{ mode: string }>(
          `SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = ${oid?.oid} AND locktype = 'relation'`,
        );
        const after = (await client.query<{ node: number | null }>(`SELECT pg_relation_filenode(${oid?.oid}) AS node`))
          .rows[0]?.node;
        const readAfter = (await client.query<{ n: number }>(scans)).rows[0]?.n ?? 0;
        const locks = rows.map(({ mode }) =>
          mode
            .replace(/Lock$/, '')
            .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
            .toUpperCase(),
        );
        return { locks, work: after !== before ? 'rewrite' : readAfter > read ? 'scan' : 'none' };
      } finally {
        await client.query('ROLLBACK');
      }
    }

    it.each(cases)('holds: %s, of %s', async (sql, about) => {
      const claim = await said(sql, about);
      const truth = await done(sql, about);
      expect(truth.locks).toContain(claim.lock);
      const effects = truth.locks.map((lock) => ({ lock }) as never);
      expect(strongest(effects)).toBe(claim.lock);
      const work = asScan[claim.work] ?? claim.work;
      // Emptying a table, building an index anew and dropping one change its file without writing its rows.
      if (!/^(TRUNCATE|REINDEX|DROP INDEX)/.test(sql))
        expect([sql, rank.indexOf(work)]).toEqual([sql, rank.indexOf(truth.work)]);
    });
  },
  { majors: [13, 15, 18] },
);
