import type { Runtime } from '../call/runtime.ts';
import type { Server } from '../define/server.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { Observer } from './observer.ts';

/** Reports to the project of `SENTRY_DSN`; none where it is not set. @param runtime asked for at the first fault */
export async function faultReportsOf(
  server: Server,
  core: CoreSettings,
  runtime: () => Pick<Runtime, 'parts' | 'log'>,
): Promise<readonly Observer[]> {
  if (core.sentryDsn === undefined) return [];
  const { createFaultReports } = await import('./fault-reports.ts');
  const reports = createFaultReports({
    dsn: core.sentryDsn,
    server: server.name,
    version: server.version,
    environment: core.environment,
    origin: core.auditOrigin,
    redactor: async () => (await runtime().parts()).redactor,
    complain: (text) => runtime().log('warn', text),
  });
  return [reports];
}
