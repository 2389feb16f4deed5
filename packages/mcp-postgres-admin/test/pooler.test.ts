import { startPooler, startPostgres } from '@cinecom/testbed';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openClient } from './support/client.ts';

describeWithProgram('pgbouncer', 'behind a pooler', () => {
  it.each(['session', 'transaction'] as const)(
    'in %s mode says what stands in the way, and leaves no setting behind',
    async (mode) => {
      const server = await startPostgres();
      onTestFinished(() => server.stop());
      const pooler = await startPooler(server, mode);
      onTestFinished(() => pooler.stop());
      await using client = await openClient(pooler.url);
      const { code, text } = await client.refusal('pg_query', { sql: 'SELECT 1' });
      expect([code, text.includes('DATABASE_URL the address of PostgreSQL itself')]).toEqual([
        'backend_unsupported',
        true,
      ]);
      expect(text).not.toContain('may succeed later');
      // Another client of the same pooler is not read-only by us.
      const other = new Client({ connectionString: pooler.url });
      await other.connect();
      const { rows } = await other.query<{ mode: string }>(
        `SELECT current_setting('default_transaction_read_only') AS mode`,
      );
      expect(rows).toEqual([{ mode: 'off' }]);
      await other.end();
    },
  );
});
