import type { Server } from '../define/server.ts';
import { exitCodes } from './exit-codes.ts';
import { type Ended, main } from './main.ts';
import { processWorld, type ProcessWorld } from './process-world.ts';
import { stackOf } from './session.ts';

/**
 * Starts a server as the command line asks: `serve` by default, or `check`, `tools`, `call`, `approve`, `verify`, `help`.
 * Ends the process with the exit code of the command, except under `serve`, which ends when its client goes.
 */
export async function run(server: Server): Promise<void> {
  // First of all: on Linux it takes the arguments, and any secret among them, out of `ps`.
  process.title = server.name;
  const world = processWorld();
  const ended = await outcome(server, world);
  if (ended === 'serving') return;
  const flushed = await world.flushed();
  process.exit(ended === exitCodes.ok && !flushed ? exitCodes.toolError : ended);
}

async function outcome(server: Server, world: ProcessWorld): Promise<Ended> {
  try {
    return await main(server, world);
  } catch (error) {
    // Only a fault of the server's own declaration gets here, before any value was read.
    world.err(`${server.name}: ${stackOf(error)}\n`);
    return exitCodes.toolError;
  }
}
