import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface BloatAnswer {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string; readonly severity: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly objects: readonly {
    readonly object: string;
    readonly kind: string;
    readonly size: number;
    readonly bloat?: number;
    readonly method: string;
  }[];
}

/** How each table is filled, indexed and then emptied in part. */
const planted: readonly (readonly [string, string])[] = [
  [
    'fresh',
    `CREATE TABLE fresh AS SELECT n AS id, n::bigint AS big, 'row ' || n AS note FROM generate_series(1, 30000) n;
     ALTER TABLE fresh ADD PRIMARY KEY (id)`,
  ],
  [
    '"消した 行"',
    `CREATE TABLE "消した 行" (id int PRIMARY KEY, flag bool, at timestamptz, note text);
     INSERT INTO "消した 行" SELECT n, n % 2 = 0, now(), repeat('甲', n % 7) FROM generate_series(1, 40000) n;
     DELETE FROM "消した 行" WHERE id % 10 < 6`,
  ],
  [
    'loose',
    `CREATE TABLE loose (id int PRIMARY KEY, n numeric, note text) WITH (fillfactor = 70);
     INSERT INTO loose SELECT n, n / 7.0, CASE WHEN n % 3 > 0 THEN md5(n::text) END FROM generate_series(1, 30000) n`,
  ],
  [
    'repeated',
    `CREATE TABLE repeated (id int, kind int, word text);
     INSERT INTO repeated SELECT n, n % 20, 'word ' || n % 50 FROM generate_series(1, 60000) n;
     CREATE INDEX repeated_kind ON repeated (kind); CREATE INDEX repeated_word ON repeated (word);
     CREATE INDEX repeated_plain ON repeated (kind) WITH (deduplicate_items = off)`,
  ],
  [
    'emptied',
    `CREATE TABLE emptied (id int PRIMARY KEY, kind int);
     INSERT INTO emptied SELECT n, n % 100 FROM generate_series(1, 60000) n; CREATE INDEX emptied_kind ON emptied (kind);
     DELETE FROM emptied WHERE id > 6000`,
  ],
  [
    'churned',
    `CREATE TABLE churned (id int PRIMARY KEY, code uuid);
     INSERT INTO churned SELECT n, gen_random_uuid() FROM generate_series(1, 20000) n; CREATE INDEX churned_code ON churned (code);
     UPDATE churned SET code = gen_random_uuid(); UPDATE churned SET code = gen_random_uuid()`,
  ],
];

describeWithEachMajor(
  'pg_bloat',
  (bed) => {
    let client: PostgresClient;
    const query = <Row extends object>(sql: string) => bed.server().query<Row>(sql, [], bed.database());
    let estimate: BloatAnswer;
    let exact: BloatAnswer;
    /** What a rebuilt copy really saves: VACUUM FULL of everything, afterwards. */
    const truth = new Map<string, number>();

    beforeAll(async () => {
      await query('CREATE EXTENSION pgstattuple');
      for (const [table, sql] of planted) {
        for (const one of sql.split(';')) await query(one);
        await query(`VACUUM (ANALYZE, TRUNCATE OFF) ${table}`);
      }
      client = await openClient(bed.url());
      estimate = await client.data('pg_bloat', { limit: 200 });
      exact = await client.data('pg_bloat', { limit: 200, exact: true });
      const sizes = `SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_relation_size(c.oid)::float8 AS bytes
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'`;
      const before = await query<{ name: string; bytes: number }>(sizes);
      for (const [table] of planted) await query(`VACUUM FULL ${table}`);
      const after = new Map(
        (await query<{ name: string; bytes: number }>(sizes)).map(({ name, bytes }) => [name, bytes]),
      );
      for (const { name, bytes } of before) if (bytes > 0) truth.set(name, 1 - (after.get(name) ?? 0) / bytes);
    });
    afterAll(() => client[Symbol.asyncDispose]());

    const own = ({ objects }: BloatAnswer) => objects.filter(({ object }) => truth.has(object));

    it('measures within 5 points of a rebuilt copy', () => {
      const errors = own(exact).map(
        ({ object, bloat = 2 }) => [object, Math.abs(bloat - (truth.get(object) ?? 0))] as const,
      );
      expect(errors.filter(([, error]) => error > 0.05)).toEqual([]);
      expect(errors.length).toBe(truth.size);
    });

    it('estimates within 15 points, or says that it cannot', () => {
      const errors = own(estimate).flatMap(({ object, bloat }) =>
        bloat === undefined ? [] : [[object, Math.abs(bloat - (truth.get(object) ?? 0))] as const],
      );
      expect(errors.filter(([, error]) => error > 0.15)).toEqual([]);
      // Nearly all can be estimated here.
      expect(errors.length).toBeGreaterThanOrEqual(truth.size - 1);
    });

    it('calls nothing bloated that is not, and what is, by name', () => {
      const found = exact.findings.map(({ object }) => object);
      expect(found).not.toContain('public.fresh');
      expect(found).not.toContain('public.loose');
      const { bloat = 0 } = exact.objects.find(({ object }) => object === 'public."消した 行"') ?? {};
      expect(bloat).toBeGreaterThan(0.5);
    });

    it('looks at one table with its indexes, or at one index', async () => {
      const table = await client.data<BloatAnswer>('pg_bloat', { object: '"消した 行"' });
      expect(table.objects.map(({ kind }) => kind).toSorted()).toEqual(['index', 'table', 'toast']);
      const index = await client.data<BloatAnswer>('pg_bloat', { object: 'repeated_kind', exact: true });
      expect(index.objects).toMatchObject([{ object: 'public.repeated_kind', method: 'pgstatindex' }]);
      expect((await client.refusal('pg_bloat', { object: 'nowhere' })).code).toBe('backend_not_found');
    });

    it('reads no more than it may, and says what was left', async () => {
      await query(`CREATE TABLE IF NOT EXISTS wide AS SELECT repeat('x', 500) AS note FROM generate_series(1, 6000)`);
      await query('ANALYZE wide');
      const answer = await client.data<BloatAnswer>('pg_bloat', { object: 'wide', exact: true, maxMb: 1 });
      expect(answer.objects.find(({ object }) => object === 'public.wide')?.method).toBe('estimate');
      expect(answer.notExamined.map(({ why }) => why)).toContain('more to read than maxMb allows');
    });

    it('says without pgstattuple how to get exact figures', async () => {
      await query('DROP EXTENSION pgstattuple');
      await using other = await openClient(bed.url());
      const answer = await other.data<BloatAnswer>('pg_bloat', { exact: true });
      await query('CREATE EXTENSION pgstattuple');
      expect(answer.notExamined.map(({ why }) => why)).toContain('CREATE EXTENSION pgstattuple');
      expect(answer.verdict).not.toBe('ok');
    });
  },
  { majors: [13, 15, 18], settings: { autovacuum: 'off' } },
);
