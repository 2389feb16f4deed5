import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../dist/demo.js', import.meta.url));

it('tells the whole story: the runbook and its report, plan, confirmed change, verified trail', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [demo]);
  expect(stdout).toMatch(/^# Morning check of the cinema database\n\n\*\*CRITICAL/m);
  expect(stdout).toContain('sequence_exhausted_soon');
  expect(stdout).toContain('mcp-postgres-admin 0.1.0');
  expect(stdout).not.toMatch(/\b(failed|skipped|not run)\b/);
  expect(stdout).toContain('PLAN [demo]: end session');
  expect(stdout).toMatch(/^OK: the session of pid \d+ has ended\.$/m);
  expect(stdout).toMatch(/^ok: Complete and authentic/m);
  expect(stdout).toContain('done; everything is stopped');
});
