import type { Closable } from '../define/server.ts';
import type { CallHost } from './host.ts';

/** What a server does beside its calls, see `background` of its definition. */
export interface Background {
  /** Starts it, where the server has one and the process stays. */
  begin(backend: Closable): void;
  /** Tells it to end; resolves when it has, at most after 0.3 s. Never rejects. */
  end(): Promise<void>;
}

/** A process has half a second to end. */
const patienceMs = 300;

/** @param stays what kind of process this is; undefined for one that ends after its command: nothing is started there */
export function createBackground(
  host: Pick<CallHost, 'server' | 'loaded' | 'clock' | 'log' | 'observer' | 'stopping' | 'parts'>,
  stays: 'server' | 'daemon' | undefined,
): Background {
  const { server, loaded, clock, log, observer, stopping } = host;
  const closing = new AbortController();
  const signal = AbortSignal.any([stopping, closing.signal]);
  let running: Promise<void> = Promise.resolve();

  async function run(backend: Closable): Promise<void> {
    const { state } = await host.parts();
    const context = { settings: loaded.values, signal, clock, log, state, isDaemon: stays === 'daemon' };
    await server.background?.(backend, context);
  }

  return {
    begin(backend) {
      if (stays === undefined || server.background === undefined) return;
      running = run(backend).catch((error: unknown) => {
        if (signal.aborted) return;
        log('error', `what goes on beside the calls has failed: ${String(error)}`);
        observer.fault({ where: 'job', error });
      });
    },
    async end() {
      closing.abort();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
      await Promise.race([running, late]);
      clearTimeout(timer);
    },
  };
}
