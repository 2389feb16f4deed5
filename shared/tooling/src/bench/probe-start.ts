import { LineClient } from './line-client.ts';
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

/** Starts `node <args>`, asks `server/discover` and `tools/list`, reads CPU and memory of the process, stops it. */
export async function probeStart(args: readonly string[], env: NodeJS.ProcessEnv): Promise<StartCost> {
  const began = performance.now();
  const client = new LineClient(args, env);
  try {
    await client.request('server/discover');
    const list = await client.request('tools/list');
    const cost = { cpuMs: cpuMs(client.pid), wallMs: performance.now() - began, listBytes: list.bytes };
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ...cost, idleRssMb: rssMb(client.pid) };
  } finally {
    await client.close();
  }
}
