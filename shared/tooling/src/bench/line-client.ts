import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What a JSON-RPC peer answered: the parsed message and its length on the wire. */
export interface Answer {
  readonly message: { readonly result?: Record<string, unknown>; readonly error?: { readonly message: string } };
  readonly bytes: number;
}

/** The thinnest client of the 2026 revision over stdio, so that figures are the server's own. One request at a time. */
export class LineClient {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;
  #lastId = 0;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#exited = once(this.#child, 'exit');
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.pid = this.#child.pid!;
  }

  /** @throws Error when the process ends before it answers */
  async request(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    this.#lastId += 1;
    const request = { jsonrpc: '2.0', id: this.#lastId, method, params: { ...params, _meta: envelope } };
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`the server ended before it answered ${method}`);
    return { message: JSON.parse(line.value) as Answer['message'], bytes: Buffer.byteLength(line.value) };
  }

  async close(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}
