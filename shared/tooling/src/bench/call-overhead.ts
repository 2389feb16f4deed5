import { Client } from 'pg';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { median } from './median.ts';

const calls = 300;
const warmUp = 30;
const statement = 'SELECT 1 AS one';

/**
 * What a tool call over stdio costs above the raw driver's query, medians, both in one run, calls alternating.
 *
 * @param binary path of the bundled `dist/cli.js`
 * @param connectionString a reachable database; also in `env` for the server
 */
export async function callOverheadFigures(
  binary: string,
  connectionString: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const driver = new Client({ connectionString });
  await driver.connect();
  const server = new LineClient([binary, '--rate', '0'], env);
  const raw: number[] = [];
  const tool: number[] = [];
  try {
    await server.request('server/discover');
    for (let round = 0; round < warmUp + calls; round += 1) {
      const rawMs = await timed(() => driver.query(statement));
      const toolMs = await timed(() => callQuery(server));
      if (round < warmUp) continue;
      raw.push(rawMs);
      tool.push(toolMs);
    }
  } finally {
    await server.close();
    await driver.end();
  }
  const how = `median of ${calls} alternating calls of ${statement}`;
  return [
    { name: 'raw driver query', value: median(raw), unit: 'ms', how },
    {
      name: 'pg_query over stdio',
      value: median(tool),
      unit: 'ms',
      how: `${how}, guard, audit, redaction and transport included`,
    },
    {
      name: 'pg_query above the raw driver',
      value: median(tool) - median(raw),
      unit: 'ms',
      target: { atMost: 1 },
      how: 'difference of the medians',
    },
  ];
}

async function callQuery(server: LineClient): Promise<void> {
  const { message } = await server.request('tools/call', { name: 'pg_query', arguments: { sql: statement } });
  if (message.error !== undefined || message.result?.isError === true)
    throw new Error(`pg_query failed: ${JSON.stringify(message)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
