import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { rssMb } from './process-cost.ts';

const program = fileURLToPath(new URL('trivial-server.js', import.meta.url));
const clients = 16;
const warmUpCalls = 10_000;
const measuredCalls = 20_000;

/** Calls a second of a trivial tool over Streamable HTTP, every one audited, and what they leave in memory. */
export async function httpFigures(env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const server = spawn(process.execPath, [program, '--transport', 'http', '--port', '0', '--rate', '0'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  try {
    const address = await addressOf(server);
    await load(address, agent, warmUpCalls);
    const before = rssMb(server.pid!);
    const began = performance.now();
    await load(address, agent, measuredCalls);
    const seconds = (performance.now() - began) / 1000;
    const middle = rssMb(server.pid!);
    await load(address, agent, measuredCalls);
    const how = `${clients} clients on this machine, each call audited`;
    return [
      {
        name: 'HTTP: calls of a trivial tool',
        value: measuredCalls / seconds,
        unit: '/s',
        target: { atLeast: 1000 },
        how: `${measuredCalls} calls, ${how}`,
      },
      { name: `HTTP: RSS after ${warmUpCalls} calls`, value: before, unit: 'MB', how },
      {
        name: `HTTP: RSS after ${measuredCalls} calls more, and as many again: growth between the two`,
        value: rssMb(server.pid!) - middle,
        unit: 'MB',
        target: { atMost: 10 },
        how,
      },
    ];
  } finally {
    agent.destroy();
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

/** From the line that the server writes once it listens. */
async function addressOf(server: ChildProcess): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stderr! })) {
    lines.push(line);
    const address = /http:\/\/\S+\/mcp/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`the server did not listen: ${lines.join('\n')}`);
}

async function load(address: string, agent: Agent, calls: number): Promise<void> {
  let left = calls;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call(address, agent, left);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function call(address: string, agent: Agent, id: number): Promise<void> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: {
      name: 'bench_answer',
      arguments: { text: 'How was last night?' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
  const sent = request(address, {
    agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'bench_answer',
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const answered = await text(response);
  if (response.statusCode !== 200 || !answered.includes('OK: 19 characters')) {
    throw new Error(`a call failed: ${response.statusCode} ${answered.slice(0, 300)}`);
  }
}
