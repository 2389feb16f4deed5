import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { cpuMs, rssMb } from './process-cost.ts';

/** What starting a server cost, up to its answer to `tools/list`. */
export interface StartCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** After half a second of idling. */
  readonly idleRssMb: number;
  /** Length of the `tools/list` answer on the wire. */
  readonly listBytes: number;
}

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** `server/discover`, then `tools/list`, as a client of the 2026 revision sends them. */
const opening = [
  { jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: envelope } },
  { jsonrpc: '2.0', id: 2, method: 'tools/list', params: { _meta: envelope } },
];

/**
 * Starts `node <args>`, sends the opening, reads CPU and memory of the process, stops it.
 *
 * @throws Error when the process ends before it answers
 */
export async function probeStart(args: readonly string[], env: NodeJS.ProcessEnv): Promise<StartCost> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  try {
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    let listBytes = 0;
    for (const request of opening) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error(`${args.join(' ')} ended before it answered ${request.method}`);
      listBytes = Buffer.byteLength(answer.value);
    }
    const cost = { cpuMs: cpuMs(child.pid!), wallMs: performance.now() - began, listBytes };
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ...cost, idleRssMb: rssMb(child.pid!) };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}
