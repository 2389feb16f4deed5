import { randomBytes } from 'node:crypto';
import { createReport } from './report.ts';
import { morning } from './morning.ts';

// `npm run demo`: an embedded database with planted faults, the built server over stdio, a report, one confirmed
// change, the verified audit trail. Everything it starts it stops, also on Ctrl-C.
const report = createReport(
  (line) => process.stdout.write(`${line}\n`),
  () => performance.now(),
);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
try {
  await morning(report, { auditKey: randomBytes(32).toString('base64'), signal: stop.signal });
  report.step('done; everything is stopped');
} catch (error) {
  report.step(`failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
