import { freePort } from './free-port.ts';
import type { ServerProcess } from './server-process.ts';

const tries = 3;

/** Starts a server on a free port; another process can take the port before it does, so a few are tried. */
export async function withFreePort(
  processAt: (port: number) => ServerProcess,
): Promise<{ readonly port: number; readonly running: ServerProcess }> {
  for (let left = tries; ; left -= 1) {
    const port = await freePort();
    const running = processAt(port);
    try {
      await running.up();
      return { port, running };
    } catch (error) {
      await running.down();
      if (left === 1 || !/address already in use/i.test(running.logs())) throw error;
    }
  }
}
