import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@cinecom/mcp-core';
import { type AuditEvent, type AuditLog, openLog, verifyLog } from '@cinecom/mcp-core/audit';
import type { Figure } from './figure.ts';
import { quantile } from './median.ts';

const records = 200_000;
const changes = 4000;
const callers = 64;

const event: AuditEvent = {
  id: '0b5c9f3e-8f7a-4c1f-9d0e-2f6f6a1c7d11',
  type: 'call',
  actor: { sub: 'os:1000', role: 'read', client: 'bench/1' },
  origin: { host: 'bench', pid: 1, transport: 'stdio', era: 'modern' },
  action: { server: 'mcp-bench', tool: 'bench_read', class: 'read', request: '17' },
  outcome: { result: 'success' },
  args: { sql: 'SELECT title, released FROM movies WHERE id = $1', params: [42] },
  bytes: 812,
  ms: 3,
};

/** Append, synced change and verify rates of the signed audit log, in a temporary folder on this machine's disk. */
export async function auditFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-bench-'));
  const where = { dir: join(folder, 'audit'), marksDir: join(folder, 'marks') };
  const key = randomBytes(32).toString('hex');
  try {
    const log = await openLog({ ...where, server: 'mcp-bench', version: '1', key, clock: systemClock });
    const appendMs = await appends(log);
    const changesPerSecond = await syncedChanges(log);
    await log.close('bench');
    const began = performance.now();
    const report = await verifyLog({ ...where, key });
    const verifySeconds = (performance.now() - began) / 1000;
    if (!report.ok) throw new Error(`the bench log does not verify: ${report.words}`);
    return [
      {
        name: 'audit: append, un-synced, p99',
        value: quantile(appendMs, 0.99),
        unit: 'ms',
        target: { atMost: 0.2 },
        how: `${records} records one after the other`,
      },
      {
        name: 'audit: synced changes',
        value: changesPerSecond,
        unit: '/s',
        target: { atLeast: 2000 },
        how: `${changes} durable records by ${callers} callers at once`,
      },
      {
        name: 'audit: verify',
        value: report.records / verifySeconds,
        unit: 'records/s',
        target: { atLeast: 150_000 },
        how: `${report.records} records, MAC, chain, tree and signatures`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function appends(log: AuditLog): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < records; index += 1) {
    const began = performance.now();
    await log.record(event);
    times.push(performance.now() - began);
  }
  return times;
}

async function syncedChanges(log: AuditLog): Promise<number> {
  const began = performance.now();
  let left = changes;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await log.durable(event);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return changes / ((performance.now() - began) / 1000);
}
