import { openSession } from '@cinecom/testbed';
import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface VacuumAnswer {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly severity: string; readonly object: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly tables: readonly {
    readonly table: string;
    readonly overdue: number;
    readonly dead: number;
    readonly vacuumed: string;
    readonly advice: string;
  }[];
  readonly holders: readonly {
    readonly holder: string;
    readonly age: number;
    readonly catalogOnly: boolean;
    readonly remedy: string;
  }[];
  readonly next: { readonly tool: string; readonly args: Readonly<Record<string, unknown>> };
}

const seats = '"館"."座席 ""表"';

describeWithEachMajor(
  'pg_vacuum',
  (bed) => {
    let client: PostgresClient;
    const query = (sql: string) => bed.server().query(sql, [], bed.database());

    beforeAll(async () => {
      await query(`CREATE SCHEMA "館"; CREATE TABLE ${seats} (id int PRIMARY KEY, note text) WITH (autovacuum_vacuum_scale_factor = 0.5);
        CREATE TABLE other (id int PRIMARY KEY)`);
    });
    beforeEach(async () => {
      await query(`TRUNCATE ${seats}, other`);
      await query(`INSERT INTO ${seats} SELECT n, 'x' FROM generate_series(1, 1000) n`);
      await query('INSERT INTO other SELECT generate_series(1, 1000)');
      await query(`VACUUM ANALYZE ${seats}, other`);
      client = await openClient(bed.url());
    });
    afterEach(() => client[Symbol.asyncDispose]());

    const ask = (args: Readonly<Record<string, unknown>> = {}) => client.data<VacuumAnswer>('pg_vacuum', args);

    /** Counters arrive a moment after the transaction. */
    async function askUntil(isThere: (answer: VacuumAnswer) => boolean, args: Readonly<Record<string, unknown>> = {}) {
      for (;;) {
        const answer = await ask(args);
        if (isThere(answer)) return answer;
      }
    }
    const tableOf = ({ tables }: VacuumAnswer, name: string) => tables.find(({ table }) => table === name);

    it("finds what is past its own trigger, by the table's options, and nothing else", async () => {
      await query(`UPDATE ${seats} SET note = 'y' WHERE id <= 540`);
      await query('UPDATE other SET id = id + 10000 WHERE id <= 540');
      const answer = await askUntil((one) => tableOf(one, 'public.other') !== undefined);
      // 50 + 0.2 × 1000 = 250 for one; 50 + 0.5 × 1000 = 550 for the other, whose statistics alone are old.
      expect(tableOf(answer, 'public.other')?.overdue).toBeCloseTo(540 / 250, 1);
      const own = await askUntil((one) => (tableOf(one, seats)?.dead ?? 0) > 0, { table: seats });
      expect(tableOf(own, seats)?.overdue).toBeCloseTo(540 / 550, 1);
      expect(answer.next).toEqual({ tool: 'pg_maintain', args: { op: 'vacuum', object: 'public.other' } });
    });

    it('says what an open transaction keeps, and that VACUUM was in vain', async () => {
      const holder = await openSession(bed.server(), { database: bed.database() });
      await holder.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM other');
      await query('DELETE FROM other WHERE id > 100');
      await query('VACUUM other');
      const answer = await askUntil((one) => tableOf(one, 'public.other')?.advice.includes('without effect') === true);
      await holder.end();
      expect(answer.holders[0]).toMatchObject({ holder: `pid ${holder.pid}`, catalogOnly: false });
      expect(answer.findings.map(({ id, severity }) => [id, severity])).toContainEqual(['horizon_held', 'warning']);
      expect(tableOf(answer, 'public.other')?.advice).toMatch(/without effect: end that first/);
      expect(answer.next).toMatchObject({ tool: 'pg_terminate', args: { pid: holder.pid } });
      await query('VACUUM other');
      const after = await askUntil((one) => tableOf(one, 'public.other')?.dead === 0, { table: 'other' });
      expect(after.findings).toEqual([]);
    });

    describe('names whoever holds the horizon', () => {
      it('a prepared transaction', async () => {
        await query(`BEGIN; INSERT INTO other VALUES (5000); PREPARE TRANSACTION '予約 1'`);
        await query('DELETE FROM other WHERE id > 900');
        const { holders } = await ask();
        await query(`ROLLBACK PREPARED '予約 1'`);
        expect(holders[0]).toMatchObject({ holder: 'prepared transaction 予約 1', catalogOnly: false });
      });

      it('a logical slot, of the catalog only', async () => {
        await query(`SELECT pg_create_logical_replication_slot('feed', 'pgoutput')`);
        await query('CREATE TABLE later (id int)');
        const { holders, findings } = await ask();
        await query(`SELECT pg_drop_replication_slot('feed')`);
        await query('DROP TABLE later');
        expect(holders[0]).toMatchObject({ holder: 'slot feed', catalogOnly: true });
        expect(findings.map(({ id }) => id)).not.toContain('horizon_held');
      });

      it('nobody: a session of another database, its own connection, a running vacuum', async () => {
        const elsewhere = await openSession(bed.server(), { database: 'postgres' });
        await elsewhere.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1');
        const { holders } = await ask();
        await elsewhere.end();
        expect(holders).toEqual([]);
      });
    });

    it('knows a table that autovacuum is switched off for, and one with old statistics', async () => {
      await query('ALTER TABLE other SET (autovacuum_enabled = off)');
      await query(`UPDATE ${seats} SET note = 'z' WHERE id <= 300`);
      const off = await ask({ table: 'other' });
      const stale = await askUntil((one) => tableOf(one, seats)?.advice.includes('statistics') === true);
      await query('ALTER TABLE other RESET (autovacuum_enabled)');
      expect(off.findings).toMatchObject([{ id: 'autovacuum_disabled', object: '1 table' }]);
      expect(stale.next).toEqual({ tool: 'pg_maintain', args: { op: 'analyze', object: 'its name as shown' } });
    });

    it('says of no table that it is fine when it does not exist', async () => {
      expect(await client.refusal('pg_vacuum', { table: 'nowhere' })).toMatchObject({ code: 'backend_not_found' });
    });

    it('does not claim a free horizon for a role that cannot see sessions', async () => {
      const role = `plain_${bed.server().major}`;
      await bed.server().createRole(role);
      const plain = await openClient(bed.server().url(role, bed.database()));
      const answer = await plain.data<VacuumAnswer>('pg_vacuum');
      await plain[Symbol.asyncDispose]();
      await bed.server().dropRole(role);
      expect(answer.verdict).toBe('unknown');
      expect(answer.notExamined.map(({ what }) => what)).toContain('whether others hold the horizon');
    });
  },
  {
    majors: [13, 15, 18],
    settings: { autovacuum_naptime: '86400', max_prepared_transactions: '5', wal_level: 'logical' },
  },
);
