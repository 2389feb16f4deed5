import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Figure } from './figure.ts';
import { median } from './median.ts';
import { cpuMs, rssMb } from './process-cost.ts';

/** Servers of others for PostgreSQL, where `BENCH_PEERS_DIR` has them installed by npm. */
const peers = [{ name: '@modelcontextprotocol/server-postgres', file: 'dist/index.js', tool: 'query' }] as const;

const calls = 300;
const warmUp = 50;

/**
 * What the same statement costs through other servers, in the protocol that they speak; nothing where none is installed.
 *
 * @param folder that holds their `node_modules`
 */
export async function peerFigures(
  folder: string | undefined,
  connectionString: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, file, tool } of peers) {
    const path = join(folder ?? '', 'node_modules', name, file);
    if (folder === undefined || !existsSync(path)) continue;
    const asked = { tool, arguments: { sql: 'SELECT 1 AS one' }, what: 'SELECT 1', env };
    figures.push(...(await measurePeer(name, [path, connectionString], asked)));
  }
  return figures;
}

/** One call, again and again, of another server over stdio. */
export interface PeerCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** How the call is told. */
  readonly what: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Bytes of all definitions that another server lists over stdio. */
export async function peerDefinitionBytes(
  name: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const peer = await openPeer(name, argv, env);
  try {
    return await peer.ask('tools/list', {});
  } finally {
    await peer.close();
  }
}

export async function measurePeer(
  name: string,
  argv: readonly string[],
  { tool, arguments: given, what, env }: PeerCall,
): Promise<readonly Figure[]> {
  const { ask, pid, close } = await openPeer(name, argv, env);
  try {
    await ask('tools/list', {});
    const started = cpuMs(pid);
    const times: number[] = [];
    let bytes = 0;
    for (let call = 0; call < warmUp + calls; call += 1) {
      const began = performance.now();
      bytes = await ask('tools/call', { name: tool, arguments: given });
      if (call >= warmUp) times.push(performance.now() - began);
    }
    const how = `peer: no guard, no audit, no redaction; ${calls} calls, answer of ${bytes} B`;
    return [
      { name: `${name}: CPU to tools/list`, value: started, unit: 'ms', how: 'peer, once' },
      { name: `${name}: ${what} over stdio`, value: median(times), unit: 'ms', how },
      { name: `${name}: RSS after the calls`, value: rssMb(pid), unit: 'MB', how: 'peer, once' },
    ];
  } finally {
    await close();
  }
}

interface Peer {
  readonly pid: number;
  /** @returns bytes of the answer. @throws Error where it is an error or the peer ended */
  readonly ask: (method: string, params: object) => Promise<number>;
  readonly close: () => Promise<void>;
}

async function openPeer(name: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Peer> {
  const child = spawn(process.execPath, argv, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last = 0;
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask: Peer['ask'] = async (method, params) => {
    last += 1;
    send({ id: last, method, params });
    const line = await lines.next();
    if (line.done === true || line.value.includes('"error":{')) throw new Error(`${name} did not answer ${method}`);
    return Buffer.byteLength(line.value);
  };
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const clientInfo = { name: 'bench', version: '1' };
  try {
    await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  } catch (error) {
    await close();
    throw error;
  }
  send({ method: 'notifications/initialized' });
  return { pid: child.pid ?? 0, ask, close };
}
