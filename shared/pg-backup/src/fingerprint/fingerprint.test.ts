import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '@cinecom/testbed/vitest';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { everything } from './everything.fixture.ts';
import { fingerprint } from './fingerprint.ts';
import { openSnapshot } from './session.ts';
import type { Fingerprint, RowHash } from './types.ts';

const run = promisify(execFile);
const never = new AbortController().signal;

/** Each change to a copy, and what must be told of it: category and name. */
const changes: readonly (readonly [sql: string, category: string, name: string])[] = [
  [`UPDATE 館.座席 SET 列 = '乙' WHERE 番号 = 7`, 'table', '"館"."座席"'],
  [`INSERT INTO 館.座席 (番号) VALUES (8000)`, 'table', '"館"."座席"'],
  [`UPDATE "Mixed Case" SET amount = amount + 1 WHERE id = 1`, 'table', 'public."Mixed Case"'],
  [`UPDATE part_2 SET note = note || '!' WHERE id = 1500`, 'table', 'public.part_2'],
  [`ALTER SEQUENCE "Mixed Case_id_seq" RESTART WITH 1`, 'sequence', 'public."Mixed Case_id_seq"'],
  [`ALTER TABLE "Mixed Case" ALTER amount SET DEFAULT 2`, 'defaults', 'public."Mixed Case"'],
  [`ALTER TABLE "Mixed Case" ALTER amount SET NOT NULL`, 'columns', 'public."Mixed Case"'],
  [`ALTER TABLE "Mixed Case" ALTER seat TYPE bigint`, 'columns', 'public."Mixed Case"'],
  [`DROP INDEX mixed_amount`, 'indexes', 'public.mixed_amount'],
  [`ALTER TABLE "Mixed Case" DROP CONSTRAINT positive`, 'constraints', 'public."Mixed Case".positive'],
  [`ALTER TABLE "Mixed Case" VALIDATE CONSTRAINT unproven`, 'constraints', 'public."Mixed Case".unproven'],
  [`CREATE OR REPLACE VIEW dear AS SELECT id FROM "Mixed Case" WHERE amount > 501`, 'views', 'public.dear'],
  [
    `CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 3 * n'`,
    'functions',
    'public.twice(n integer)',
  ],
  [`ALTER TABLE "Mixed Case" DISABLE TRIGGER touched`, 'triggers', 'public."Mixed Case".touched'],
  [`ALTER POLICY own_rows ON 館.座席 USING (false)`, 'policies', '"館"."座席".own_rows'],
  [`ALTER TYPE mood RENAME VALUE 'good' TO 'fine'`, 'types', 'public.mood'],
  [`REVOKE SELECT ON "Mixed Case" FROM print_reader`, 'rights', 'public."Mixed Case"'],
  [`REVOKE UPDATE (amount) ON "Mixed Case" FROM print_reader`, 'rights', 'public."Mixed Case".amount'],
  [`ALTER VIEW dear OWNER TO print_reader`, 'owners', 'public.dear'],
  [`COMMENT ON TABLE "Mixed Case" IS 'other'`, 'comments', 'public."Mixed Case"'],
  [`SELECT lo_put(4711, 0, 'other')`, 'content of large objects', '4711'],
  [`ALTER PUBLICATION pub DROP TABLE 館.座席`, 'publications', 'pub'],
  [`ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM print_reader`, 'default rights', 'postgres r'],
  [`DROP STATISTICS together`, 'extended statistics', 'public.together'],
  [`DROP EXTENSION pg_trgm`, 'extensions', 'pg_trgm'],
  [`DROP OPERATOR ### (int, int)`, 'others', 'public.###(integer,integer)'],
  [`CREATE TABLE stranger (n int)`, 'relations', 'public.stranger'],
];

describeWith({ major: 15, prefer: 'debian' }, 'the content of a restored copy', (bed) => {
  let copy: string;
  let folder: string;
  const opened: pg.Client[] = [];

  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    opened.push(client);
    return client;
  };
  const print = async (url: string, rowHash: RowHash = 'native', share = 1): Promise<Fingerprint> => {
    const session = await openSnapshot(url, never);
    try {
      return await fingerprint(session, { major: 15, rowHash, share, signal: never });
    } finally {
      await session.close();
    }
  };
  const copyUrl = (): string => bed.server().superuserUrl(copy);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fingerprint-'));
    const client = await connect(bed.url());
    await client.query(everything);
    const file = join(folder, 'all.dump');
    copy = await bed.server().createDatabase();
    await run(join(bed.server().binDir, 'pg_dump'), ['-Fc', '-f', file, bed.url()]);
    await run(join(bed.server().binDir, 'pg_restore'), ['-d', copyUrl(), file]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(opened.map((client) => client.end()));
    await bed.server().dropDatabase(copy);
    await bed.server().query('DROP OWNED BY print_reader', [], bed.database());
    await bed.server().query('DROP ROLE print_reader');
    await rm(folder, { recursive: true });
  });

  it.each(['native', 'md5'] as const)('is faithful after a dump and restore, by %s hashes', async (rowHash) => {
    const result = compare(await print(bed.url(), rowHash), await print(copyUrl(), rowHash));
    expect(result.outcomes).toEqual([]);
    expect(result.overall).toBe('faithful');
    expect(result.rows.compared).toBeGreaterThan(4000);
    expect(result.counts.identical).toBeGreaterThan(60);
  });

  it.each(changes)('tells of %s', async (sql, category, name) => {
    const source = await print(bed.url());
    const client = await connect(copyUrl());
    await client.query('BEGIN');
    await client.query(
      `SET LOCAL search_path = ''; SET LOCAL TimeZone = 'UTC'; SET LOCAL lc_monetary = 'C'; SET LOCAL bytea_output = 'hex'`,
    );
    await client.query(`SET LOCAL search_path = public`);
    await client.query(sql);
    await client.query(`SET LOCAL search_path = ''`);
    const changed = await fingerprint(client, { major: 15, rowHash: 'native', share: 1, signal: never });
    await client.query('ROLLBACK');
    const result = compare(source, changed);
    expect(result.overall).toBe('different');
    const named = result.outcomes.map((one) => `${one.category} ${one.name}`);
    expect(named).toContain(`${category} ${name}`);
  });

  it('samples the same rows on both sides, and counts all', async () => {
    const [before, after] = [await print(bed.url(), 'native', 0.25), await print(copyUrl(), 'native', 0.25)];
    const result = compare(before, after);
    expect(result.outcomes).toEqual([]);
    expect(result.rows).toEqual({ compared: 4003, hashed: 2503 });
    expect(before.relations['public."Mixed Case"']?.hash).not.toBe(
      (await print(bed.url())).relations['public."Mixed Case"']?.hash,
    );
  });

  it('names what a role may not read, and claims nothing for it', async () => {
    const url = await bed.server().createRole('print_weak');
    try {
      const weak = await print(url.replace(/\/postgres(?=\?|$)/, `/${bed.database()}`));
      expect(weak.unread['public."Mixed Case"']).toMatch(/permission denied/);
      const result = compare(weak, await print(copyUrl()));
      expect(result.outcomes.find(({ name }) => name === 'public."Mixed Case"')).toMatchObject({
        verdict: 'not-compared',
      });
      expect(result.overall).not.toBe('faithful');
    } finally {
      await bed.server().dropRole('print_weak');
    }
  });
});

describe('the judgement of sequences', () => {
  const of = (value: string, columnEnd: string | null = null, increment = '1'): Fingerprint => ({
    format: 1,
    major: 15,
    rowHash: 'native',
    relations: {},
    unread: {},
    sequences: { s: { value, called: true, columnEnd, increment } },
    objects: {},
    unreadCategories: {},
  });

  it('takes any value between those before and after the copy was taken', () => {
    const later = of('40').sequences;
    expect(compare(of('20'), of('31'), { sequencesAfter: later }).overall).toBe('faithful');
    expect(compare(of('20'), of('19'), { sequencesAfter: later }).overall).toBe('different');
    expect(compare(of('20'), of('41'), { sequencesAfter: later }).overall).toBe('different');
  });

  it('refuses a value below the column when the sequence was set back meanwhile, not when the source was so itself', () => {
    expect(compare(of('20', '20'), of('10'), { sequencesAfter: of('5').sequences }).outcomes[0]?.why).toMatch(
      /next insert/,
    );
    expect(compare(of('10', '20'), of('10')).overall).toBe('faithful');
  });
});
