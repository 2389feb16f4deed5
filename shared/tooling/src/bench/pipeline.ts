import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { mediansInTurn } from './timed.ts';

const program = fileURLToPath(new URL('trivial-server.js', import.meta.url));

/** What the pipeline costs on its own: a trivial tool against the SDK's own `ping`, over the same stdio. */
export async function pipelineFigures(env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const server = new LineClient([program, '--rate', '0'], env);
  try {
    await server.request('server/discover');
    const ms = await mediansInTurn({
      ping: () => server.request('ping'),
      call: () => server.request('tools/call', { name: 'bench_answer', arguments: { text: 'How was last night?' } }),
    });
    const how = 'medians of 300 calls, in blocks of 20 that take turns';
    return [
      { name: 'ping over stdio', value: ms.ping, unit: 'ms', how },
      {
        name: 'pipeline: a trivial tool above ping',
        value: ms.call - ms.ping,
        unit: 'ms',
        target: { atMost: 0.3 },
        how: `${how}; validation, limits, gate, audit record, redaction, firewall`,
      },
    ];
  } finally {
    await server.close();
  }
}
