import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { descendantsOf, endFamily, type Relative, signalAll } from './process-family.ts';
import type { Killable, Processes } from './processes.ts';
import type { ServerEntry } from './read-servers.ts';

const longestMessageBytes = 32 * 1024 * 1024;
const keptStderrBytes = 8 * 1024;

/**
 * A server in a process of its own, started without a shell. It gets the environment of its entry, and of this process
 * only what the SDK deems safe (HOME, PATH, …): no server sees another one's secrets.
 *
 * Being a subclass it also probes the protocol in place: the SDK would do so on a second, hidden process first.
 */
export class ProcessTransport extends StdioClientTransport implements Killable {
  readonly #processes: Processes;
  #pid: number | null = null;
  #family: readonly Relative[] = [];
  #stderr = Buffer.alloc(0);

  constructor(entry: ServerEntry & { readonly kind: 'stdio' }, processes: Processes) {
    const { args, command, cwd, env } = entry;
    const place = cwd === undefined ? {} : { cwd };
    super({ command, args: [...args], env: { ...env }, ...place, stderr: 'pipe', maxBufferSize: longestMessageBytes });
    this.#processes = processes;
    this.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk.subarray(-keptStderrBytes)]).subarray(-keptStderrBytes);
    });
  }

  /** The last 8 KiB of what the process said. */
  get said(): string {
    return this.#stderr.toString('utf8');
  }

  override async start(): Promise<void> {
    await super.start();
    this.#pid = this.pid;
    this.#processes.add(this);
  }

  /** Remembers what the process has started by now: `npx` runs a server as a child of its own. */
  look(): void {
    if (this.pid !== null) this.#family = [...this.#family, ...descendantsOf(this.pid)];
  }

  /** stdin end, after 2 s SIGTERM, after 4 s SIGKILL; then whatever it has started and left. */
  override async close(): Promise<void> {
    this.look();
    await super.close();
    await endFamily(this.#family);
    this.#pid = null;
    this.#processes.delete(this);
  }

  kill(): void {
    this.look();
    if (this.#pid !== null) killOne(this.#pid);
    signalAll(this.#family, 'SIGKILL');
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
