import { InMemoryTransport, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import type { Runtime } from '../call/runtime.ts';
import { connectRuntime } from '../serve/connect.ts';
import { readSettings } from '../serve/http/read-settings.ts';
import { startHttpServer } from '../serve/http/start-server.ts';

/** How a test client reaches the server: linked memory, or a socket of its own on loopback. */
export type Door = 'memory' | 'http';

export interface OpenDoor {
  /** The client's end, not yet connected. */
  readonly transport: Transport;
  close(): Promise<void>;
}

/** Over HTTP the client shows `MCP_AUTH_TOKEN` of `env`. */
export async function openDoor(door: Door, runtime: Runtime, env: Readonly<Record<string, string>>): Promise<OpenDoor> {
  if (door === 'memory') {
    const [near, far] = InMemoryTransport.createLinkedPair();
    connectRuntime(runtime, far, 'memory');
    return { transport: near, close: async () => undefined };
  }
  const read = await readSettings(runtime.loaded, { cwd: process.cwd(), env });
  if (read.kind === 'problems') throw new Error(read.problems.map(({ text, fix }) => `${text}. ${fix}`).join('\n'));
  const http = await startHttpServer(runtime, { config: { ...read.config, port: 0 }, tls: read.tls });
  const token = env['MCP_AUTH_TOKEN'];
  const requestInit = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  return {
    transport: new StreamableHTTPClientTransport(new URL(http.url), { requestInit }),
    close: () => http.close(),
  };
}
