import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCinema } from './cinema.ts';
import { confirmedChange } from './confirmed-change.ts';
import { openOperator } from './operator.ts';
import { questions } from './questions.ts';
import type { Report } from './report.ts';
import { verifyTrail } from './verify-trail.ts';

/** The whole story; leaves nothing running and no file behind. */
export async function morning(
  report: Report,
  options: { readonly auditKey: string; readonly signal: AbortSignal },
): Promise<void> {
  const { auditKey, signal } = options;
  const stateDir = await mkdtemp(join(tmpdir(), 'cinecom-demo-'));
  try {
    await using cinema = await openCinema(report, signal);
    const env = { ...cinema.env, AUDIT_LOG_KEY: auditKey, CINECOM_STATE_DIR: stateDir };
    {
      await using operator = await openOperator(env);
      report.step('the built server answers over stdio; the morning check begins');
      for (const question of questions) {
        signal.throwIfAborted();
        report.heading(`${question.heading}  (${question.tool})`);
        report.body(await operator.ask(question.tool, question.args));
      }
      await confirmedChange(report, operator, cinema.culprit);
    }
    report.heading('Can all of this be proven?  (mcp-postgres-admin verify)');
    report.body(await verifyTrail(env));
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
