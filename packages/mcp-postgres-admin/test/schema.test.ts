import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface SchemaAnswer {
  readonly tables: readonly {
    readonly table: string;
    readonly kind: string;
    readonly rows?: number;
    readonly columns: string;
  }[];
  readonly total: number;
  readonly cursor?: string;
  readonly detail?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> & {
    readonly query?: string;
  };
}

const created = `
  CREATE SCHEMA "館";
  CREATE TABLE "館"."映画" (id bigint PRIMARY KEY, "題名" text NOT NULL, code uuid DEFAULT gen_random_uuid(), UNIQUE ("題名"));
  COMMENT ON TABLE "館"."映画" IS '作品の一覧 ''x''';
  COMMENT ON COLUMN "館"."映画"."題名" IS 'title | as shown';
  CREATE TABLE showing (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, movie bigint REFERENCES "館"."映画", twice int GENERATED ALWAYS AS (id * 2) STORED,
    CHECK (twice > 0));
  CREATE INDEX showing_movie ON showing (movie);
  CREATE TABLE parted (id int NOT NULL, at date) PARTITION BY RANGE (id);
  CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (100);
  CREATE VIEW titles AS SELECT "題名" FROM "館"."映画";
  CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER watch BEFORE UPDATE ON showing FOR EACH ROW EXECUTE FUNCTION noop();
  ALTER TABLE showing ENABLE ROW LEVEL SECURITY;
  CREATE POLICY mine ON showing FOR SELECT USING (movie > 5)`;

describeWithEachMajor(
  'pg_schema',
  (bed) => {
    let client: PostgresClient;
    beforeAll(async () => {
      await bed.server().query(created, [], bed.database());
      await bed.server().query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements', [], bed.database());
      client = await openClient(bed.url());
    });
    afterAll(() => client[Symbol.asyncDispose]());
    const ask = (args: Readonly<Record<string, unknown>> = {}) => client.data<SchemaAnswer>('pg_schema', args);

    it('has one line a table or view, with keys and what they refer to, partitions behind their table', async () => {
      const { tables, total } = await ask();
      expect(tables.map(({ table, kind }) => `${kind} ${table}`)).toEqual([
        'partitioned table public.parted',
        'table public.showing',
        'view public.titles',
        'table "館"."映画"',
      ]);
      expect(total).toBe(4);
      expect(tables[1]?.columns).toBe('id integer PK, movie bigint → "館"."映画", twice integer');
      expect(tables[3]?.columns).toBe('id bigint PK, "題名" text NOT NULL, code uuid');
    });

    it.each([
      ['a part of a table', 'howing', ['public.showing']],
      ['a column, in any case', 'MOVIE', ['public.showing']],
      ['a Japanese name', '題', ['public.titles', '"館"."映画"']],
      ['a comment', '一覧', ['"館"."映画"']],
      ['a partition', 'parted_l', ['public.parted_low']],
      ['what an extension brought', 'shared_blks_hit', ['public.pg_stat_statements']],
      ['what looks like a pattern, as itself', '%', []],
    ])('finds by %s', async (_what, search, names) => {
      expect((await ask({ search })).tables.map(({ table }) => table)).toEqual(names);
    });

    it('describes one table with all that belongs to it, both ways', async () => {
      const { detail } = await ask({ object: 'showing' });
      expect(detail?.['columns']).toMatchObject([
        { column: 'id', type: 'integer', nullable: false, value: 'GENERATED ALWAYS AS IDENTITY' },
        { column: 'movie', nullable: true },
        { column: 'twice', value: 'GENERATED ALWAYS AS ((id * 2)) STORED' },
      ]);
      expect(detail?.['constraints']).toHaveLength(3);
      expect(detail?.['indexes']?.map(({ name }) => name)).toEqual(['showing_movie', 'showing_pkey']);
      expect(detail?.['triggers']).toMatchObject([{ name: 'watch' }]);
      expect(detail?.['policies']).toMatchObject([{ name: 'mine', definition: 'SELECT, USING (movie > 5), CHECK -' }]);
      const movie = await ask({ object: '館.映画' });
      expect(movie.detail?.['referencedBy']).toMatchObject([{ name: 'public.showing.showing_movie_fkey' }]);
      expect((await ask({ object: 'parted' })).detail?.['partitions']).toMatchObject([{ name: 'public.parted_low' }]);
      expect((await ask({ object: 'titles' })).detail?.query).toContain('"題名"');
    });

    it('shows Japanese names and comments as they are, a page at a time', async () => {
      const text = await client.ask('pg_schema', { object: '"館"."映画"' });
      expect(text).toContain('作品の一覧');
      expect(text).toContain('title \\| as shown');
      const first = await ask({ limit: 3 });
      const rest = await ask({ limit: 3, cursor: first.cursor });
      expect([...first.tables, ...rest.tables]).toHaveLength(4);
    });

    it('says what is not there', async () => {
      expect((await client.refusal('pg_schema', { object: 'nowhere' })).code).toBe('backend_not_found');
    });
  },
  { majors: [13, 15, 18] },
);
