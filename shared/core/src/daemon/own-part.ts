import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Runtime } from '../call/runtime.ts';
import { isToolError } from '../errors/tool-error.ts';

/** What a server does for long beside its jobs: a gateway, timers. */
export interface OwnPart {
  /** Aborts when it has failed: then the daemon ends too, so that whoever watches it starts it anew. */
  readonly failed: AbortSignal;
  /** Resolves when it has ended by itself, or 10 s after it was told to. Never rejects. */
  readonly ended: Promise<void>;
}

const patienceMs = 10_000;
const againMs = 5000;

/** Starts the server's `daemon`, where it has one. @param stop tells it to end */
export function startOwnPart(runtime: Runtime, stop: AbortSignal): OwnPart {
  const fault = new AbortController();
  const work = runOwnPart(runtime, stop).catch((error: unknown) => {
    if (stop.aborted) return;
    runtime.log('error', `the daemon's own part has failed: ${String(error)}`);
    runtime.observer.fault({ where: 'job', error });
    fault.abort();
  });
  return { failed: fault.signal, ended: withPatience(work, stop, runtime) };
}

async function runOwnPart(runtime: Runtime, signal: AbortSignal): Promise<void> {
  const { server, loaded, clock } = runtime;
  if (server.daemon === undefined) return server.background === undefined ? undefined : connectOnce(runtime, signal);
  const backend = await runtime.backend.acquire(signal);
  await server.daemon(backend, {
    settings: loaded.values,
    signal,
    clock,
    log: (level, text) => runtime.log(level, text),
  });
}

/** What goes on in the background begins with a connection; jobs need not wait for it, and a backend may be down for a while. */
async function connectOnce(runtime: Runtime, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await runtime.backend.acquire(signal);
      return;
    } catch (error) {
      if (!isToolError(error)) throw error;
      if (tries === 0) runtime.log('warn', `not connected yet, tried again until it is: ${error.message}`);
    }
    await delay(againMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

async function withPatience(work: Promise<void>, stop: AbortSignal, { log }: Pick<Runtime, 'log'>): Promise<void> {
  const told = stop.aborted ? Promise.resolve() : once(stop, 'abort');
  await Promise.race([work, told]);
  if (!stop.aborted) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, patienceMs, 'late')));
  if ((await Promise.race([work, late])) === 'late') log('warn', `the daemon's own part did not end within 10 s`);
  clearTimeout(timer);
}
