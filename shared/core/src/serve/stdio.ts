import type { Runtime } from '../call/runtime.ts';
import { connectRuntime } from './connect.ts';
import { createShutdown, watchProcess } from './shutdown.ts';
import { takeStdout } from './take-stdout.ts';
import { createWire, longestLineBytes } from './wire.ts';

/** Serves a runtime over this process's stdin and stdout until they end or a signal comes; then the process exits. */
export function serveStdio(runtime: Runtime): void {
  const stdout = takeStdout();
  const shutdown = createShutdown({
    runtime,
    stopIntake: () => wire.stopIntake(),
    exit: (code) => process.exit(code),
  });
  const wire = createWire({
    input: process.stdin,
    write: (line) => stdout.write(line),
    rejected: (why) => void runtime.note({ type: 'rejected', detail: { why } }),
    ended(why) {
      if (why === 'end') return shutdown.begin('stdin ended');
      runtime.log('error', `a message was longer than ${longestLineBytes} bytes`);
      shutdown.begin('message too long', 1);
    },
  });
  process.stdout.on('error', () => shutdown.begin('stdout closed'));
  watchProcess(runtime, shutdown);
  connectRuntime(runtime, wire, 'stdio');
  if (process.stdin.isTTY) {
    process.stderr.write(
      `${runtime.server.name} waits for an MCP client on stdin. To test settings: ${runtime.server.name} check\n`,
    );
  }
}
