import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRunbook } from './ask-runbook.ts';
import { openCinema } from './cinema.ts';
import { confirmedChange } from './confirmed-change.ts';
import { openOperator } from './operator.ts';
import type { Report } from './report.ts';
import { verifyTrail } from './verify-trail.ts';

/** The whole story; leaves nothing running and no file behind. */
export async function morning(
  report: Report,
  options: { readonly auditKey: string; readonly signal: AbortSignal },
): Promise<void> {
  const { auditKey, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-demo-'));
  try {
    await using cinema = await openCinema(report, signal);
    const env = { ...cinema.env, AUDIT_LOG_KEY: auditKey, CINECOM_STATE_DIR: folder };
    report.step('the morning check begins: cinecom-runbook asks the built server, without a model');
    report.body(`\n${await askRunbook(report, { folder, env, signal })}`);
    {
      await using operator = await openOperator(env);
      signal.throwIfAborted();
      await confirmedChange(report, operator, cinema.culprit);
    }
    report.heading('Can all of this be proven?  (mcp-postgres-admin verify)');
    report.body(await verifyTrail(env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
