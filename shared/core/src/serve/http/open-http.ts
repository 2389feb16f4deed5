import type { TlsOptions } from 'node:tls';
import type { Runtime } from '../../call/runtime.ts';
import { createMetrics, type Metrics } from '../../monitor/metrics.ts';
import { listenProblem } from './listen-problem.ts';
import type { HttpProblem } from './problems.ts';
import { readSettings } from './read-settings.ts';
import { backendAnswers, createReadiness, type Readiness } from './readiness.ts';
import { type RunningHttp, startHttpServer } from './start-server.ts';
import type { Surroundings } from './tls.ts';
import { createTlsRenewal } from './tls-renewal.ts';

const renewalMs = 60_000;

export type OpenedHttp =
  | { readonly kind: 'open'; readonly http: RunningHttp }
  /** It cannot, or had better not listen. */
  | { readonly kind: 'problems'; readonly problems: readonly HttpProblem[] };

/** Serves a runtime as its settings say, with readiness, metrics, and certificates that are renewed. */
export async function openHttp(runtime: Runtime, around: Surroundings): Promise<OpenedHttp> {
  const read = await readSettings(runtime.loaded, around);
  if (read.kind === 'problems') return read;
  const { config, tls } = read;
  const readiness = createReadiness(runtime);
  const metrics = await metricsOf(runtime, readiness);
  try {
    const http = await startHttpServer(runtime, { config, tls, metrics, readiness });
    if (tls !== undefined) renewTls(runtime, around, tls, http);
    return { kind: 'open', http };
  } catch (error) {
    return { kind: 'problems', problems: [listenProblem(error, config)] };
  }
}

async function metricsOf(runtime: Runtime, readiness: Readiness): Promise<Metrics> {
  const { server, core } = runtime;
  const metrics = await createMetrics({
    server: server.name,
    version: server.version,
    environment: core.environment,
    now: () => runtime.clock.now(),
    vitals: () => runtime.vitals(),
    backendUp: async () => backendAnswers(await readiness()),
  });
  runtime.watch(metrics.observer);
  return metrics;
}

function renewTls(runtime: Runtime, around: Surroundings, current: TlsOptions, http: RunningHttp): void {
  const use = (renewed: TlsOptions): void => http.useTls(renewed);
  const log: Runtime['log'] = (level, text) => runtime.log(level, text);
  const renew = createTlsRenewal({ core: runtime.core, around, current, use, log });
  setInterval(() => void renew(), renewalMs).unref();
}
