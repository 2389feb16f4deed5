import { Client } from 'pg';
import { expect, it } from 'vitest';
import { describeWithEachMajor } from '../vitest.ts';

describeWithEachMajor('a server of the test bed', ({ server, database, url }, major) => {
  it('is of the wanted major and has the contrib modules', async () => {
    expect(server().major).toBe(major);
    expect(await server().query('SHOW server_version', [], database())).toHaveLength(1);
    expect(server().hasContrib).toBe(true);
    await server().query('CREATE EXTENSION pg_stat_statements', [], database());
    await server().query('SELECT 1 FROM pg_stat_statements', [], database());
  });

  it('gives each suite an empty database, and characters of every language count as letters', async () => {
    const client = new Client({ connectionString: url() });
    await client.connect();
    const { rows } = await client.query(
      "SELECT '映画' ~ '^\\w+$' AS letters, count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.end();
    expect(rows).toEqual([{ letters: true, tables: 0 }]);
  });
});
