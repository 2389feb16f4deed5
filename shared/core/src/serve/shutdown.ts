import type { Runtime } from '../call/runtime.ts';
import { ToolError } from '../errors/tool-error.ts';

const handlerMs = 150;
const wholeMs = 280;

export interface ShutdownOptions {
  readonly runtime: Pick<Runtime, 'stop' | 'idle' | 'close' | 'closeSync'>;
  readonly stopIntake: () => void;
  readonly exit: (code: number) => void;
  /** Resolves when calls in flight have ended by themselves, or had time enough; without it they have none. */
  readonly drain?: () => Promise<void>;
}

export interface Shutdown {
  /**
   * Ends the process in order: no more intake, drain, abort, 150 ms for handlers, audit log closed, exit within 300 ms
   * of the drain. A fault is not drained: what state it left is not known.
   */
  begin(reason: string, exitCode?: number): void;
}

/** A second request to stop ends the process at once, with what was begun recorded as of unknown outcome. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { runtime } = options;
  let stopping = false;
  let left = false;
  const leave = (code: number): void => {
    if (left) return;
    left = true;
    options.exit(code);
  };
  const atOnce = (reason: string, code: number): void => {
    if (left) return;
    runtime.closeSync(reason);
    leave(code);
  };
  const inOrder = async (reason: string, code: number): Promise<void> => {
    const handlers = new Promise<void>((resolve) => {
      setTimeout(resolve, handlerMs);
    });
    await Promise.race([runtime.idle(), handlers]);
    try {
      await runtime.close(reason);
    } finally {
      leave(code);
    }
  };
  return {
    begin(reason, exitCode = 0) {
      if (stopping) return atOnce(reason, exitCode);
      stopping = true;
      options.stopIntake();
      const end = (): void => {
        runtime.stop(
          exitCode === 0
            ? new ToolError('shutting_down', 'the server is stopping')
            : new ToolError('internal', `the server stops after a fault: ${reason}`),
        );
        setTimeout(() => atOnce(reason, exitCode), wholeMs);
        // A log that cannot be closed has told so itself; the process ends all the same.
        inOrder(reason, exitCode).catch(() => undefined);
      };
      if (exitCode !== 0 || options.drain === undefined) return end();
      options.drain().then(end, end);
    },
  };
}

/** What is watched: this process, or in tests something like it. */
export interface Watched {
  on(event: string, listener: (detail: unknown) => void): unknown;
}

/** Signals and faults of the whole process. */
export function watchProcess(watched: Watched, runtime: Pick<Runtime, 'log' | 'observer'>, shutdown: Shutdown): void {
  watched.on('SIGINT', () => shutdown.begin('SIGINT'));
  watched.on('SIGTERM', () => shutdown.begin('SIGTERM'));
  watched.on('uncaughtException', (error) => {
    runtime.log('error', `uncaught exception: ${stackOf(error)}`);
    runtime.observer.fault({ where: 'process', error });
    shutdown.begin('uncaught exception', 1);
  });
  watched.on('unhandledRejection', (reason) => {
    runtime.log('error', `unhandled rejection: ${stackOf(reason)}`);
    runtime.observer.fault({ where: 'process', error: reason });
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
