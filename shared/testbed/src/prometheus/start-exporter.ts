import { createServer } from 'node:http';

export interface Exporter {
  /** `127.0.0.1:port`, as a scrape config names targets. */
  readonly address: string;
  /** Text of the next scrapes, in the Prometheus format; `undefined` answers 500. */
  show(text: string | undefined): void;
  readonly scrapes: () => number;
  stop(): Promise<void>;
}

/** An exporter of this process: what a test wants to be true now. */
export async function startExporter(text = ''): Promise<Exporter> {
  let shown: string | undefined = text;
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    response.writeHead(shown === undefined ? 500 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(shown ?? '');
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the exporter has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    show: (next) => void (shown = next),
    scrapes: () => scrapes,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
