import type { TlsOptions } from 'node:tls';
import type { Runtime } from '../../call/runtime.ts';
import type { Server } from '../../define/server.ts';
import type { CoreSettings } from '../../settings/core-settings.ts';
import type { LoadedSettings } from '../../settings/loaded.ts';
import { createMetrics, type Metrics } from '../../monitor/metrics.ts';
import { processRuntime } from '../serve.ts';
import { createShutdown, watchProcess, type Watched } from '../shutdown.ts';
import { type HttpConfig, readHttpConfig } from './config.ts';
import { type HttpProblem, unloadedSettings } from './problems.ts';
import { backendAnswers, createReadiness, type Readiness } from './readiness.ts';
import { type HttpOptions, startHttpServer } from './start-server.ts';
import { readTls, type Surroundings } from './tls.ts';
import { createTlsRenewal } from './tls-renewal.ts';

const usage = 2;
const renewalMs = 60_000;

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
  const read = await readSettings(loaded, { cwd: host.cwd(), env: host.env });
  if (read.kind === 'problems') return refuse(read.problems);
  const { runtime, ...watched } = await watchedRuntime(server, loaded, host.env);
  try {
    await start(runtime, { config: read.config, tls: read.tls, ...watched }, host);
  } catch (error) {
    refuse([listenProblem(error, read.config)]);
  }
}

/** A runtime, and what tells of it to whoever asks over HTTP. */
async function watchedRuntime(
  server: Server,
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly runtime: Runtime; readonly metrics: Metrics; readonly readiness: Readiness }> {
  const metrics = await createMetrics({
    server: server.name,
    version: server.version,
    environment: (loaded.values as unknown as CoreSettings).environment,
    now: () => runtime.clock.now(),
    vitals: () => runtime.vitals(),
    backendUp: async () => backendAnswers(await readiness()),
  });
  const runtime: Runtime = await processRuntime(server, loaded, env, [metrics.observer]);
  const readiness = createReadiness(runtime);
  return { runtime, metrics, readiness };
}

async function start(runtime: Runtime, options: HttpOptions, host: HttpProcess): Promise<void> {
  const http = await startHttpServer(runtime, options);
  const shutdown = createShutdown({
    runtime,
    stopIntake: () => http.stopIntake(),
    drain: () => http.drained(),
    exit: (code) => host.exit(code),
  });
  watchProcess(host, runtime, shutdown);
  const { tls } = options;
  if (tls !== undefined) {
    const around = { cwd: host.cwd(), env: host.env };
    const use = (renewed: TlsOptions): void => http.useTls(renewed);
    const log: Runtime['log'] = (level, text) => runtime.log(level, text);
    const renew = createTlsRenewal({ core: runtime.core, around, current: tls, use, log });
    setInterval(() => void renew(), renewalMs).unref();
  }
  host.stderr.write(`${runtime.server.name}: listening on ${http.url}\n`);
}

export type ReadSettings =
  | { readonly kind: 'settings'; readonly config: HttpConfig; readonly tls: TlsOptions | undefined }
  | { readonly kind: 'problems'; readonly problems: readonly HttpProblem[] };

/** Everything about HTTP that the settings say, or all that is wrong with it. */
export async function readSettings(
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  around: Surroundings,
): Promise<ReadSettings> {
  const core = loaded.values as unknown as CoreSettings;
  const problems: HttpProblem[] = [...unloadedSettings(loaded)];
  const complain = (text: string, fix: string): void => void problems.push({ text, fix });
  const config = readHttpConfig(core, complain);
  const tls = await readTls(core, around, complain);
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'settings', config, tls };
}

const reasons: Readonly<Record<string, (config: HttpConfig) => HttpProblem>> = {
  EADDRINUSE: ({ host, port }) => ({
    text: `--port ${port}: another process listens on ${host} there`,
    fix: 'Choose another --port, or 0 for any free one.',
  }),
  EACCES: ({ port }) => ({
    text: `--port ${port}: this user may not listen there`,
    fix: 'Choose a --port of 1024 or above.',
  }),
  EADDRNOTAVAIL: ({ host }) => ({
    text: `--host ${host}: this machine has no such address`,
    fix: 'Give one of its own addresses, or 0.0.0.0 for all.',
  }),
  ENOTFOUND: ({ host }) => ({ text: `--host ${host}: no such name`, fix: 'Give an address of this machine.' }),
};

function listenProblem(error: unknown, config: HttpConfig): HttpProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return (
    reasons[code]?.(config) ?? {
      text: `--host ${config.host} --port ${config.port}: ${code}`,
      fix: 'Choose another --host or --port.',
    }
  );
}
