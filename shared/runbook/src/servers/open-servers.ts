import { messageOf } from '../problem.ts';
import { type OpenOptions, type OpenServer, openServer, ServerFault } from './open-server.ts';
import type { ServerEntry } from './read-servers.ts';

/** A server that is not there, and why. */
export interface MissingServer {
  readonly name: string;
  readonly error: string;
  readonly stderr: string;
}

export interface Servers extends AsyncDisposable {
  readonly open: ReadonlyMap<string, OpenServer>;
  readonly missing: ReadonlyMap<string, MissingServer>;
}

/** Starts all servers at the same time. One that fails does not fail the others; disposing ends every process. */
export async function openServers(entries: ReadonlyMap<string, ServerEntry>, options: OpenOptions): Promise<Servers> {
  const open = new Map<string, OpenServer>();
  const missing = new Map<string, MissingServer>();
  await Promise.all(
    [...entries].map(async ([name, entry]) => {
      try {
        open.set(name, await openServer(name, entry, options));
      } catch (error) {
        const stderr = error instanceof ServerFault ? error.stderr : '';
        missing.set(name, { name, error: messageOf(error), stderr });
      }
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.allSettled([...open.values()].map((server) => server.close()));
  };
  return { open, missing, [Symbol.asyncDispose]: close };
}
