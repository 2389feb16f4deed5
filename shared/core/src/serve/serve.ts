import * as z from 'zod';
import { createProviders } from '../call/providers.ts';
import { createRuntime, type Runtime } from '../call/runtime.ts';
import { systemClock } from '../define/call.ts';
import type { Server } from '../define/server.ts';
import { faultReportsOf } from '../monitor/reports-of.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { LoadedSettings } from '../settings/loaded.ts';

/** A runtime of this process: real parts, system clock, log lines to stderr, faults to Sentry where that is set. */
export async function processRuntime(
  server: Server,
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Runtime> {
  const clock = systemClock;
  const core = loaded.values as unknown as CoreSettings;
  const reports = await faultReportsOf(server, core, () => runtime);
  const runtime: Runtime = createRuntime(server, loaded, {
    clock,
    session: env['CLAUDE_CODE_SESSION_ID'],
    observers: reports,
    stays: 'server',
    writeLog: (line) => process.stderr.write(line),
    providers: createProviders({
      server,
      loaded,
      env,
      clock,
      listing: () => runtime.listing(),
      fault(error) {
        runtime.log('error', `operation: ${String(error)}`);
        runtime.observer.fault({ where: 'operation', error });
      },
    }),
  });
  return runtime;
}

/** Serves over stdio until stdin ends, or over HTTP, until a signal comes; the process then exits by itself. */
export async function serve(server: Server, loaded: LoadedSettings<Readonly<Record<string, unknown>>>): Promise<void> {
  // Most schemas of the SDK check one message a session: compiling each costs more than it ever saves.
  z.config({ jitless: true });
  if ((loaded.values as unknown as CoreSettings).transport === 'http') {
    const { serveHttp } = await import('./http/serve-http.ts');
    return serveHttp(server, loaded, process);
  }
  const { serveStdio } = await import('./stdio.ts');
  serveStdio(await processRuntime(server, loaded), process);
}
