import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plantAdviceTables } from './support/advice-tables.ts';
import { openClient } from './support/client.ts';
import { openSession } from '@cinecom/testbed';

interface Advice {
  readonly verdict: string;
  readonly mode: string;
  readonly window: string;
  readonly unit: string;
  readonly before?: number;
  readonly after?: number;
  readonly indexes: readonly {
    readonly ddl: string;
    readonly saved?: number;
    readonly confidence: string;
    readonly warnings: readonly string[];
    readonly statements: readonly { readonly query: string }[];
  }[];
  readonly refusals: readonly { readonly table: string; readonly index?: string; readonly why: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
}

const shapes = ({ indexes }: Advice): readonly string[] =>
  indexes.map(({ ddl }) => ddl.replace(/^CREATE INDEX CONCURRENTLY .*? ON public\./, ''));

describeWith({ major: 15, control: true }, 'pg_index_advice for what ran', (bed) => {
  const reader = 'advice_reader';
  beforeAll(async () => {
    await plantAdviceTables(bed);
    await bed.server().query('CREATE EXTENSION pg_stat_statements', [], bed.database());
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
  });
  const open = () => openClient(bed.server().url(reader, bed.database()));
  const run = async (calls: number, sql: string, values: (call: number) => readonly unknown[]): Promise<void> => {
    const session = await openSession(bed.server(), { database: bed.database() });
    for (let call = 0; call < calls; call += 1) await session.client.query(sql, [...values(call)]);
    await session.end();
  };

  describe('without hypopg', () => {
    it('names what the texts ask for, says that nothing was planned, and gives no figures', async () => {
      await run(20, 'SELECT * FROM tickets WHERE sold_at > $1 AND shop_id = $2', (call) => ['2026-04-20', call]);
      await using client = await open();
      const advice = await client.data<Advice>('pg_index_advice');
      expect([advice.mode, shapes(advice)]).toEqual(['structural', ['tickets (shop_id, sold_at)']]);
      expect(advice.indexes[0]).toMatchObject({ confidence: 'low', statements: [] });
      expect([advice.before, advice.indexes[0]?.saved]).toEqual([undefined, undefined]);
      expect(advice.notExamined).toContainEqual({
        what: 'what indexes would gain',
        why: expect.stringContaining('CREATE EXTENSION hypopg'),
      });
      expect(await client.ask('pg_index_advice')).toContain('nothing could be planned');
    });
  });

  describe('with hypopg', () => {
    beforeAll(async () => {
      await bed.server().query('CREATE SCHEMA "What If"', [], bed.database());
      await bed.server().query('CREATE EXTENSION hypopg SCHEMA "What If"', [], bed.database());
    });
    beforeEach(async () => {
      await bed.server().query('SELECT pg_stat_statements_reset()', [], bed.database());
    });

    it('puts first what saves most time, for a role that may only read', async () => {
      await run(60, 'SELECT * FROM tickets WHERE shop_id = $1 ORDER BY sold_at DESC LIMIT $2', (call) => [call, 10]);
      await run(10, 'UPDATE tickets SET paid = true WHERE code = $1', (call) => [`T00000${call % 10}`]);
      await run(3, 'DELETE FROM tickets WHERE price_yen = $1 AND seat > $2', () => [4999, 400]);
      await using client = await open();
      const advice = await client.data<Advice>('pg_index_advice');
      expect(shapes(advice).slice(0, 2)).toEqual(['tickets (shop_id, sold_at)', 'tickets (code)']);
      expect([advice.mode, advice.unit, advice.indexes[0]?.confidence]).toEqual(['planned', 'ms', 'medium']);
      expect(advice.after).toBeLessThan((advice.before ?? 0) / 2);
      expect(advice.window).toMatch(/^lifetime since /);
    });

    it('weighs what an index saves against the rows that are written', async () => {
      await run(1, 'SELECT * FROM "売上 Daily" WHERE yen = $1', () => [7]);
      await run(1, `INSERT INTO "売上 Daily" SELECT i, now(), 1, i FROM generate_series($1::int, $2) i`, () => [
        100_000, 160_000,
      ]);
      await using client = await open();
      const { indexes, refusals } = await client.data<Advice>('pg_index_advice');
      expect(indexes).toEqual([]);
      expect(refusals).toContainEqual(expect.objectContaining({ why: expect.stringContaining('more than it saves') }));
    });

    it('warns of a table that is written ten times as often as read', async () => {
      await run(90, 'SELECT * FROM tickets WHERE seat = $1', (call) => [call]);
      await run(1000, 'UPDATE shops SET name = $1 WHERE id = $2', (call) => ['x', call % 400]);
      await run(1000, 'INSERT INTO tickets SELECT $1, 1, $2, now(), $2, $2, $2, 1, true, 1', (call) => [
        1_000_000 + call,
        'x',
      ]);
      await using client = await open();
      const { indexes } = await client.data<Advice>('pg_index_advice');
      expect(indexes[0]?.ddl).toContain('(seat)');
      expect(indexes[0]?.warnings.join()).toMatch(/written 11 times as often as read/);
    });

    it('warns of a column that UPDATEs set', async () => {
      await run(20, 'SELECT * FROM tickets WHERE seat = $1', (call) => [call]);
      await run(2, 'UPDATE tickets SET seat = $1 WHERE id = $2', (call) => [call, 5]);
      await using client = await open();
      const { indexes } = await client.data<Advice>('pg_index_advice');
      expect(indexes[0]?.warnings.join()).toMatch(/UPDATEs of seat .*HOT/);
    });

    it('says of a pattern whose value the statistics do not keep that it cannot judge it', async () => {
      await run(3, 'SELECT * FROM tickets WHERE code LIKE $1', () => ['T01%']);
      await using client = await open();
      const { indexes, notExamined } = await client.data<Advice>('pg_index_advice');
      expect(indexes).toEqual([]);
      expect(notExamined).toContainEqual({
        what: expect.stringMatching(/^code LIKE/),
        why: expect.stringContaining('give the statement with its values'),
      });
    });

    it('is not misled by its own work', async () => {
      await run(30, 'SELECT * FROM tickets WHERE seat = $1', (call) => [call]);
      await using client = await open();
      const first = await client.data<Advice>('pg_index_advice');
      expect(await client.data<Advice>('pg_index_advice')).toEqual(first);
    });
  });
});
