import { startStandby } from '@cinecom/testbed';
import { describeWith, describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface AuditAnswer {
  readonly verdict: string;
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly rows: readonly {
    readonly kind: string;
    readonly object: string;
    readonly verdict: string;
    readonly why: string;
    readonly ddl?: string;
    readonly undo?: string;
  }[];
}

const schema = `
  CREATE SCHEMA "館";
  CREATE TABLE "館"."座席" (id int PRIMARY KEY, "列" text, n int, note text, at timestamptz);
  CREATE INDEX twice_a ON "館"."座席" ("列", n);
  CREATE INDEX twice_b ON "館"."座席" ("列", n);
  CREATE INDEX shorter ON "館"."座席" (at);
  CREATE INDEX longer ON "館"."座席" (at, note);
  CREATE INDEX covered ON "館"."座席" (n) INCLUDE (note);
  CREATE INDEX covering ON "館"."座席" (n) INCLUDE (note, at);
  CREATE INDEX same_as_key ON "館"."座席" (id);
  CREATE INDEX other_order ON "館"."座席" (at DESC);
  CREATE INDEX other_class ON "館"."座席" (note text_pattern_ops);
  CREATE INDEX plain_note ON "館"."座席" (note, id);
  CREATE INDEX only_some ON "館"."座席" (n) WHERE n > 5;
  CREATE INDEX hashed ON "館"."座席" USING hash (n);
  CREATE UNIQUE INDEX uniquely ON "館"."座席" (at, id);
  CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));
  CREATE TABLE child_plain (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
  CREATE TABLE child_turned (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
  CREATE INDEX turned ON child_turned (b, a, id);
  CREATE TABLE child_null (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
  CREATE INDEX not_null ON child_null (a, b) WHERE a IS NOT NULL;
  CREATE TABLE child_some (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
  CREATE INDEX of_some ON child_some (a, b) WHERE id > 7;
  CREATE TABLE big_parent (id bigint PRIMARY KEY);
  CREATE TABLE narrow (id int PRIMARY KEY, "親" int REFERENCES big_parent);
  CREATE INDEX narrow_parent ON narrow ("親");
  CREATE TABLE parted (id int, kind int) PARTITION BY RANGE (id);
  CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
  CREATE INDEX parted_kind ON parted (kind);
  CREATE TABLE broken (id int); INSERT INTO broken VALUES (1), (1)`;

describeWithEachMajor(
  'pg_index_audit',
  (bed) => {
    let client: PostgresClient;
    const query = (sql: string) => bed.server().query(sql, [], bed.database());
    const ask = (args: Readonly<Record<string, unknown>> = {}) =>
      client.data<AuditAnswer>('pg_index_audit', { limit: 200, ...args });
    const of = ({ rows }: AuditAnswer, kind: string) =>
      rows
        .filter((row) => row.kind === kind)
        .map(({ object }) => object)
        .toSorted();

    beforeAll(async () => {
      await query(schema);
      await query('CREATE UNIQUE INDEX CONCURRENTLY broken_id ON broken (id)').catch(() => undefined);
      client = await openClient(bed.url());
    });
    afterAll(() => client[Symbol.asyncDispose]());

    it('finds what is there twice, and keeps what a constraint needs and the older of two', async () => {
      expect(of(await ask(), 'duplicate')).toEqual(['"館".twice_b']);
    });

    it('finds what another index begins with, and nothing that differs in order, class, predicate, method or uniqueness', async () => {
      expect(of(await ask(), 'redundant')).toEqual(['"館".covered', '"館".same_as_key', '"館".shorter']);
    });

    it('finds the rest of a failed build', async () => {
      const [row] = (await ask({ kinds: ['invalid'] })).rows;
      expect(row).toMatchObject({ object: 'public.broken_id', ddl: 'DROP INDEX CONCURRENTLY public.broken_id' });
      expect(row?.undo).toBe('CREATE UNIQUE INDEX CONCURRENTLY broken_id ON public.broken USING btree (id)');
    });

    it('finds foreign keys without an index, whatever the order of its columns, and those of another type', async () => {
      const answer = await ask();
      expect(of(answer, 'missingFk')).toEqual([
        'public.child_plain.child_plain_a_b_fkey',
        'public.child_some.child_some_a_b_fkey',
      ]);
      const [differs] = answer.rows.filter(({ kind }) => kind === 'fkType');
      expect(differs?.why).toBe('"親" is integer, refers to bigint');
    });

    it('calls nothing unused before there is a week of evidence, nor ever what serves', async () => {
      const answer = await ask({ kinds: ['unused'] });
      expect(new Set(answer.rows.map(({ verdict }) => verdict))).toEqual(new Set(['insufficient_data']));
      const named = answer.rows.map(({ object }) => object);
      expect(named).toContain('public.parted_kind');
      for (const serving of ['parted_1_kind_idx', 'uniquely', '座席_pkey', 'turned', 'not_null', 'narrow_parent'])
        expect(named.join(' ')).not.toContain(serving);
      expect(answer.rows.every(({ ddl }) => ddl === undefined)).toBe(true);
    });

    it('looks at one table, and refuses one that is not there', async () => {
      const answer = await ask({ table: '"館"."座席"' });
      expect(answer.rows.every(({ object }) => object.startsWith('"館"'))).toBe(true);
      expect((await client.refusal('pg_index_audit', { table: 'nowhere' })).code).toBe('backend_not_found');
    });

    it('runs: every statement it proposes works, and its undo takes it back', async () => {
      const definitions = () =>
        query(
          `SELECT pg_get_indexdef(indexrelid) AS d FROM pg_index WHERE indisvalid AND indrelid = '"館"."座席"'::regclass ORDER BY 1`,
        );
      const before = await definitions();
      const rows = (await ask({ kinds: ['duplicate', 'redundant'] })).rows;
      for (const { ddl } of rows) await query(ddl ?? '');
      for (const { undo } of rows) await query(undo ?? '');
      expect(rows.length).toBe(4);
      expect(await definitions()).toEqual(before);
    });
  },
  { majors: [13, 15, 18] },
);

describeWith({ major: 15, control: true }, 'pg_index_audit over all hosts', (bed) => {
  it('counts scans on a standby, and knows nothing when one is not asked', async () => {
    await bed.server().query('CREATE TABLE seen AS SELECT n AS id, n % 100 AS kind FROM generate_series(1, 20000) n');
    await bed.server().query('CREATE INDEX seen_kind ON seen (kind); CREATE INDEX seen_never ON seen (id)');
    await bed.server().query('VACUUM ANALYZE seen');
    const standby = await startStandby(bed.server(), { name: 'osaka' });
    const verdicts = async (env: Readonly<Record<string, string>>) => {
      await using client = await openClient(bed.server().superuserUrl(), { env });
      const { rows, verdict } = await client.data<AuditAnswer>('pg_index_audit', { kinds: ['unused'] });
      return { verdict, ...Object.fromEntries(rows.map((row) => [row.object, row.verdict])) };
    };
    expect(await verdicts({})).toMatchObject({ verdict: 'unknown', 'public.seen_never': 'unknown' });
    const listed = { PG_STANDBYS: standby.superuserUrl() };
    for (;;) {
      await standby.query('SET enable_seqscan = off; SELECT count(*) FROM seen WHERE kind = 7');
      const found = await verdicts(listed);
      if ('public.seen_kind' in found) continue;
      expect(found).toMatchObject({ 'public.seen_never': 'insufficient_data' });
      break;
    }
    await standby.stop();
    expect(await verdicts(listed)).toMatchObject({ verdict: 'unknown', 'public.seen_never': 'unknown' });
  });
});
