import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Processes } from './processes.ts';
import type { ServerEntry } from './read-servers.ts';

const longestMessageBytes = 32 * 1024 * 1024;

/** A server in a process of its own, started without a shell. */
export interface ProcessTransport {
  readonly transport: StdioClientTransport;
  /** The last 8 KiB that the process wrote to stderr. */
  stderr(): string;
}

// A subclass also probes in place: the SDK would try the protocol on a second, hidden process first.
class RecordedTransport extends StdioClientTransport {
  readonly #processes: Processes;
  #started: number | null = null;

  constructor(processes: Processes, options: ConstructorParameters<typeof StdioClientTransport>[0]) {
    super(options);
    this.#processes = processes;
  }

  override async start(): Promise<void> {
    await super.start();
    this.#started = this.pid;
    if (this.#started !== null) this.#processes.pids.add(this.#started);
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.#started !== null) this.#processes.pids.delete(this.#started);
  }
}

/**
 * The process gets the environment of its entry, and of this process only what the SDK deems safe (HOME, PATH, …): no
 * server sees another one's secrets.
 */
export function createProcessTransport(
  entry: ServerEntry & { readonly kind: 'stdio' },
  processes: Processes,
): ProcessTransport {
  const transport = new RecordedTransport(processes, {
    command: entry.command,
    args: [...entry.args],
    env: { ...entry.env },
    ...(entry.cwd === undefined ? {} : { cwd: entry.cwd }),
    stderr: 'pipe',
    maxBufferSize: longestMessageBytes,
  });
  const tail = createTail(8 * 1024);
  transport.stderr?.on('data', tail.add);
  return { transport, stderr: tail.text };
}

function createTail(mostBytes: number): { add(chunk: Buffer): void; text(): string } {
  let kept = Buffer.alloc(0);
  return {
    add(chunk) {
      kept = Buffer.concat([kept, chunk.subarray(-mostBytes)]).subarray(-mostBytes);
    },
    text: () => kept.toString('utf8'),
  };
}
