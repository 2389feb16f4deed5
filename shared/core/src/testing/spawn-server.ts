import { once } from 'node:events';
import type { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { connectClient, type ElicitHandler, type Era } from './client.ts';

export interface SpawnOptions {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly era: Era;
  readonly elicit?: ElicitHandler;
}

/** A built server in its own process, with a client of one era over its stdio. */
export interface SpawnedServer extends AsyncDisposable {
  readonly client: Client;
  readonly pid: number;
  /** All that the process wrote to stderr so far. */
  stderr(): string;
  /** Sends a signal; `exited` tells when it worked. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  /** Ends stdin and waits. */
  close(): Promise<void>;
}

/** Starts a server as a client would: with the environment it is given and little else of this process's own. */
export async function spawnServer(options: SpawnOptions): Promise<SpawnedServer> {
  // A subclass probes in place: the SDK would try the protocol on a second, hidden process first.
  const transport = new (class extends StdioClientTransport {})({
    command: options.command,
    args: [...(options.args ?? [])],
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    stderr: 'pipe',
    maxBufferSize: 64 * 1024 * 1024,
  });
  const chunks: Buffer[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const drained = transport.stderr && once(transport.stderr, 'end');
  const stderr = () => Buffer.concat(chunks).toString('utf8');
  const client = await connectClient(transport, options).catch((error: unknown) => {
    throw new Error(`${options.command} did not connect; its stderr:\n${stderr()}`, { cause: error });
  });
  const pid = transport.pid;
  if (pid === null) throw new Error(`${options.command} has ended already`);
  const ended = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  const close = async () => {
    await client.close();
    await drained;
  };
  return {
    client,
    pid,
    stderr,
    kill: (signal) => process.kill(pid, signal),
    ended,
    close,
    [Symbol.asyncDispose]: close,
  };
}
