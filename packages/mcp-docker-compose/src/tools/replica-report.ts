import { outside, table } from '@cinecom/mcp-core';
import * as z from 'zod';

/** What was done to which replica, and how many there are now. */
export const replicaReport = z.strictObject({
  changes: z.array(z.strictObject({ container: outside(z.string()), done: z.string() })),
  /** It goes on, under this handle. */
  operation: z.string().optional(),
  services: z.array(z.strictObject({ service: outside(z.string()), replicas: z.int(), ready: z.int() })),
});

export function renderReplicas(report: z.output<typeof replicaReport>): string {
  const counted = `${report.changes.length} replica${report.changes.length === 1 ? '' : 's'} changed`;
  return [
    report.operation === undefined
      ? `Done: ${counted}; looked at again:`
      : `RUNNING: it goes on (operation ${report.operation}); compose_overview tells how far it is. Now:`,
    '',
    table(report.services, ['service', 'replicas', 'ready']),
    '',
    table(report.changes, ['container', 'done']),
  ].join('\n');
}
