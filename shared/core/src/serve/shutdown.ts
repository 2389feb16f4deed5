import type { Runtime } from '../call/runtime.ts';
import { ToolError } from '../errors/tool-error.ts';

const handlerMs = 150;
const wholeMs = 280;

export interface ShutdownOptions {
  readonly runtime: Runtime;
  readonly stopIntake: () => void;
  readonly exit: (code: number) => void;
}

export interface Shutdown {
  /** Ends the process in order: no more intake, abort, 150 ms for handlers, audit log closed, exit within 300 ms. */
  begin(reason: string, exitCode?: number): void;
}

/** A second request to stop ends the process at once, with what was begun recorded as of unknown outcome. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { runtime, exit } = options;
  let stopping = false;
  let left = false;
  const leave = (code: number) => {
    if (left) return;
    left = true;
    exit(code);
  };
  const atOnce = (reason: string, code: number) => {
    if (left) return;
    runtime.closeSync(reason);
    leave(code);
  };
  return {
    begin(reason, exitCode = 0) {
      if (stopping) return atOnce(reason, exitCode);
      stopping = true;
      options.stopIntake();
      runtime.stop(
        exitCode === 0
          ? new ToolError('shutting_down', 'the server is stopping')
          : new ToolError('internal', `the server stops after a fault: ${reason}`),
      );
      setTimeout(() => atOnce(reason, exitCode), wholeMs);
      const handlers = new Promise((resolve) => setTimeout(resolve, handlerMs));
      Promise.race([runtime.idle(), handlers])
        .then(() => runtime.close(reason))
        // A log that cannot be closed has said so already; the process ends all the same.
        .catch(() => undefined)
        .finally(() => leave(exitCode));
    },
  };
}

/** Signals and faults of the whole process. Returns what takes the listeners off again. */
export function watchProcess(runtime: Runtime, shutdown: Shutdown): () => void {
  const listeners: readonly [string, (detail: unknown) => void][] = [
    ['SIGINT', () => shutdown.begin('SIGINT')],
    ['SIGTERM', () => shutdown.begin('SIGTERM')],
    [
      'uncaughtException',
      (error) => {
        runtime.log('error', `uncaught exception: ${stackOf(error)}`);
        shutdown.begin('uncaught exception', 1);
      },
    ],
    ['unhandledRejection', (reason) => runtime.log('error', `unhandled rejection: ${stackOf(reason)}`)],
  ];
  for (const [name, listener] of listeners) process.on(name, listener);
  return () => {
    for (const [name, listener] of listeners) process.off(name, listener);
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
