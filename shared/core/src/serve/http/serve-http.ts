import type { Server } from '../../define/server.ts';
import type { LoadedSettings } from '../../settings/loaded.ts';
import { processRuntime } from '../serve.ts';
import { createShutdown, watchProcess, type Watched } from '../shutdown.ts';
import { openHttp } from './open-http.ts';
import type { HttpProblem } from './problems.ts';

const usage = 2;

/** The process that serves: Node's own, or in tests something like it. */
export interface HttpProcess extends Watched {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { write(text: string): unknown };
  cwd(): string;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
}

/**
 * Serves over HTTP until a signal comes; the process then exits. Where it cannot, or had better not listen, it says why
 * on stderr, and the process ends with 2.
 */
export async function serveHttp(
  server: Server,
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  host: HttpProcess,
): Promise<void> {
  const refuse = (problems: readonly HttpProblem[]): void => {
    const lines = problems.map(({ text, fix }) => `  ${text}. ${fix}\n`);
    host.stderr.write(`${server.name}: nothing listens, because\n${lines.join('')}`);
    host.exitCode = usage;
  };
  const runtime = await processRuntime(server, loaded, host.env);
  const opened = await openHttp(runtime, { cwd: host.cwd(), env: host.env });
  if (opened.kind === 'problems') return refuse(opened.problems);
  const { http } = opened;
  const shutdown = createShutdown({
    runtime,
    stopIntake: () => http.stopIntake(),
    drain: () => http.drained(),
    exit: (code) => host.exit(code),
  });
  watchProcess(host, runtime, shutdown);
  host.stderr.write(`${server.name}: listening on ${http.url}\n`);
}
