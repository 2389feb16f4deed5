import { describeSettings, systemClock } from '@cinecom/mcp-core';
import { connect } from '@cinecom/mcp-postgres-admin/backend';
import { leaseFromPool, openGuarded } from '@cinecom/pg-guard';
import { Pool } from 'pg';
import { servers } from '../servers.ts';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { mediansInTurn } from './timed.ts';

const statement = 'SELECT 1 AS one';

/**
 * What a tool call over stdio costs above the driver running the same statements, and what the guard costs above the
 * driver running the same text; medians, all in one run, calls alternating.
 *
 * @param binary path of the bundled `dist/cli.js`
 * @param connectionString a reachable database; also in `env` for the server
 */
export async function callOverheadFigures(
  binary: string,
  connectionString: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const signal = new AbortController().signal;
  const backend = await connect({
    settings: await defaults(connectionString),
    signal,
    clock: systemClock,
    log: () => undefined,
  });
  const pool = new Pool({ connectionString, max: 1 });
  const guard = openGuarded(leaseFromPool(pool), { now: () => performance.now() });
  const server = new LineClient([binary, '--rate', '0'], env);
  try {
    await server.request('server/discover');
    const ms = await mediansInTurn({
      raw: () => pool.query(statement),
      guarded: () => guard.run(statement, { signal }),
      reads: () => backend.activity(signal),
      tool: () => call(server, 'pg_activity', {}),
      query: () => call(server, 'pg_query', { sql: statement }),
    });
    const how = 'medians of 300 calls, in blocks of 20 that take turns';
    return [
      { name: 'driver: the statements of pg_activity', value: ms.reads, unit: 'ms', how },
      {
        name: 'pg_activity over stdio',
        value: ms.tool,
        unit: 'ms',
        how: `${how}; pipeline, audit, redaction, transport`,
      },
      {
        name: 'a tool call above its statements',
        value: ms.tool - ms.reads,
        unit: 'ms',
        target: { atMost: 1 },
        how: 'difference of the two',
      },
      { name: `driver: ${statement}`, value: ms.raw, unit: 'ms', how },
      {
        name: `guard: ${statement} above the driver`,
        value: ms.guarded - ms.raw,
        unit: 'ms',
        target: { atMost: 2 },
        how: `${how}; parser, catalog, read-only transaction, clean session`,
      },
      { name: 'pg_query over stdio', value: ms.query, unit: 'ms', how: `${how}; guard included` },
    ];
  } finally {
    await server.close();
    await pool.end();
    await backend.close();
  }
}

async function defaults(connectionString: string): Promise<Parameters<typeof connect>[0]['settings']> {
  const { settings } = await servers['mcp-postgres-admin']!();
  const values = describeSettings(settings).map(({ name }) => [name, settings[name]!.schema.safeParse(undefined).data]);
  return { ...Object.fromEntries(values), connection: connectionString } as Parameters<typeof connect>[0]['settings'];
}

async function call(server: LineClient, name: string, args: Readonly<Record<string, unknown>>): Promise<void> {
  const { message } = await server.request('tools/call', { name, arguments: args });
  if (message.error !== undefined || message.result?.['isError'] === true) {
    throw new Error(`${name} failed: ${JSON.stringify(message)}`);
  }
}
