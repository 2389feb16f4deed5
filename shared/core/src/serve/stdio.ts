import type { Readable } from 'node:stream';
import type { Runtime } from '../call/runtime.ts';
import { connectRuntime } from './connect.ts';
import { createShutdown, watchProcess, type Watched } from './shutdown.ts';
import { takeStdout } from './take-stdout.ts';
import { createWire, longestLineBytes } from './wire.ts';

/** The process that serves: Node's own, or in tests something like it. */
export interface StdioProcess extends Watched {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WritableStream;
  exit(code: number): void;
}

/** Serves a runtime over stdin and stdout until they end or a signal comes; then the process exits. */
export function serveStdio(runtime: Runtime, host: StdioProcess): void {
  const stdout = takeStdout(host.stdout, host.stderr);
  const shutdown = createShutdown({
    runtime,
    stopIntake() {
      wire.stopIntake();
      const strays = stdout.strays();
      if (strays > 0) runtime.log('warn', `${strays} stray writes to stdout were sent to stderr instead`);
    },
    exit(code) {
      stdout.restore();
      host.exit(code);
    },
  });
  const wire = createWire({
    input: host.stdin,
    write: (line) => stdout.write(line),
    rejected: (why) => void runtime.note({ type: 'rejected', detail: { why } }),
    ended(why) {
      if (why === 'end') return shutdown.begin('stdin ended');
      runtime.log('error', `a message was longer than ${longestLineBytes} bytes`);
      shutdown.begin('message too long', 1);
    },
  });
  host.stdout.on('error', () => shutdown.begin('stdout closed'));
  watchProcess(host, runtime, shutdown);
  connectRuntime(runtime, wire, 'stdio');
  if (host.stdin.isTTY === true) {
    const { name } = runtime.server;
    host.stderr.write(`${name} waits for an MCP client on stdin. To test the settings: ${name} check\n`);
  }
}
