import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

describeWith({}, 'another database of the server', (bed) => {
  let other: string;
  let client: PostgresClient;
  beforeAll(async () => {
    other = await bed.server().createDatabase();
    await bed.server().query('CREATE TABLE only_there AS SELECT 7 AS answer', [], other);
    client = await openClient(bed.url(), { argv: ['--databases', `${other.slice(0, -1)}*,absent`] });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await bed.server().dropDatabase(other);
  });

  it('is read where it is in scope, and leaves no connection behind', async () => {
    const { rows } = await client.data<{ rows: unknown[][] }>('pg_query', {
      sql: 'SELECT answer FROM only_there',
      database: other,
    });
    expect(rows).toEqual([[7]]);
    expect(await client.ask('pg_explain', { sql: 'SELECT answer FROM only_there', database: other })).toContain(
      'only_there',
    );
    for (const tool of ['pg_overview', 'pg_locks']) expect(await client.ask(tool, { database: other })).not.toBe('');
    const left = () => bed.server().query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [other]);
    while ((await left()).length > 0) await new Promise(setImmediate);
    expect(await left()).toEqual([]);
  });

  it('is the same as leaving it out when it is the database of the connection', async () => {
    expect(await client.ask('pg_query', { sql: 'SELECT current_database()', database: bed.database() })).toContain(
      bed.database(),
    );
  });

  it('is refused out of scope, by name and with the setting', async () => {
    const { code, text } = await client.refusal('pg_query', { sql: 'SELECT 1', database: 'postgres' });
    expect(code).toBe('out_of_scope');
    expect(text).toContain('database `postgres` is out of scope');
    expect(text).toContain('--databases');
    await using narrow = await openClient(bed.url());
    expect((await narrow.refusal('pg_overview', { database: other })).text).toContain('only that of the connection');
  });

  it('is told when it does not exist', async () => {
    expect((await client.refusal('pg_query', { sql: 'SELECT 1', database: 'absent' })).code).toBe('backend_not_found');
  });
});
