import { seedCinema, runWorkload } from '@cinecom/testbed';
import { startPostgres } from '@cinecom/testbed';
import { it } from 'vitest';
import { openClient } from './support/client.ts';

it('scratch', async () => {
  const server = await startPostgres({ preload: ['pg_stat_statements'] });
  try {
  const database = await server.createDatabase();
  await server.query('CREATE EXTENSION pg_stat_statements', [], database as never).catch((e) => console.log(e));
  await seedCinema(server, { database });
  await (await runWorkload(server, { database, calls: 300 })).done;
  {
    await using client = await openClient(server.superuserUrl(database));
    for (const [tool, args] of JSON.parse(process.env['CALLS'] ?? '[]')) {
      const started = performance.now();
      console.log(tool, JSON.stringify(args), '\n' + (await client.ask(tool, args)), Math.round(performance.now() - started), 'ms');
    }
  }
  } finally { await server.stop(); }
});
