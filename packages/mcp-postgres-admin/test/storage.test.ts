import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface StorageAnswer {
  readonly verdict: string;
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly rows: readonly { readonly name: string; readonly bytes: number; readonly change?: number }[];
}

describeWithEachMajor(
  'pg_storage',
  (bed) => {
    let client: PostgresClient;
    const query = <Row extends object>(sql: string) => bed.server().query<Row>(sql, [], bed.database());
    const ask = (args: Readonly<Record<string, unknown>> = {}) =>
      client.data<StorageAnswer>('pg_storage', { limit: 200, ...args });
    const sizeOf = async (expression: string) =>
      (await query<{ n: number }>(`SELECT (${expression})::float8 AS n`))[0]?.n;

    beforeAll(async () => {
      await query('CREATE SCHEMA "館"');
      await query(`CREATE TABLE "館"."座席" (id int PRIMARY KEY, note text)`);
      await query(`ALTER TABLE "館"."座席" ALTER note SET STORAGE EXTERNAL`);
      await query(`INSERT INTO "館"."座席" SELECT n, repeat(md5(n::text), 200) FROM generate_series(1, 500) n`);
      await query('VACUUM ANALYZE');
      client = await openClient(bed.url());
    });
    afterAll(() => client[Symbol.asyncDispose]());

    it.each([
      ['database', () => sizeOf('pg_database_size(current_database())'), () => bed.database()],
      ['table', () => sizeOf(`pg_table_size('"館"."座席"')`), () => '"館"."座席"'],
      ['index', () => sizeOf(`pg_relation_size('"館"."座席_pkey"')`), () => '"館"."座席_pkey"'],
      ['schema', () => sizeOf(`pg_total_relation_size('"館"."座席"')`), () => '"館"'],
      [
        'toast',
        () =>
          sizeOf(`(SELECT pg_total_relation_size(reltoastrelid) FROM pg_class WHERE oid = '"館"."座席"'::regclass)`),
        () => '"館"."座席"',
      ],
    ])('tells sizes by %s as the server has them', async (by, size, name) => {
      const { rows } = await ask({ by });
      expect(rows.find((row) => row.name === name())?.bytes).toBe(await size());
      expect(rows.map(({ bytes }) => bytes)).toEqual(rows.map(({ bytes }) => bytes).toSorted((a, b) => b - a));
    });

    it('tells WAL, slots and temporary files', async () => {
      await query(`SELECT pg_create_physical_replication_slot('kept_${bed.server().major}', true)`);
      expect((await ask({ by: 'wal' })).rows[0]?.bytes).toBeGreaterThan(1e6);
      expect((await ask({ by: 'slots' })).rows.map(({ name }) => name)).toEqual([`kept_${bed.server().major}`]);
      await query(`SELECT pg_drop_replication_slot('kept_${bed.server().major}')`);
      expect((await ask({ by: 'temp' })).rows.length).toBeGreaterThan(0);
    });

    it('gives no forecast of one day, and says what it needs', async () => {
      const { notExamined } = await ask();
      expect(notExamined.find(({ what }) => what === 'growth')?.why).toMatch(
        /insufficient data: 1 daily total of at least 7/,
      );
      expect(notExamined.map(({ what }) => what)).toContain('days until the disk is full');
    });

    it('says of a span it cannot read how one is written', async () => {
      const { code, text } = await client.refusal('pg_storage', { since: 'yesterday' });
      expect([code, text.includes('since: expected a span such as 30m, 12h or 7d')]).toEqual(['invalid_input', true]);
    });

    it('says what it may not see', async () => {
      const role = `blind_${bed.server().major}`;
      await bed.server().createRole(role);
      await bed
        .server()
        .createDatabase()
        .then((other) => bed.server().query(`REVOKE CONNECT ON DATABASE "${other}" FROM PUBLIC`));
      await using blind = await openClient(bed.server().url(role, bed.database()));
      const answer = await blind.data<StorageAnswer>('pg_storage', { by: 'wal' });
      await blind[Symbol.asyncDispose]();
      await bed.server().dropRole(role);
      expect(answer.verdict).toBe('unknown');
      expect(answer.notExamined.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['size of 1 database', 'WAL folder']),
      );
    });
  },
  { majors: [13, 15, 18] },
);
