import { bytes, duration, nextCall, outside, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';

/** What became of a backup, as `pg_backup_run` answers it, or `pg_backup_status` later. */
export const backupTaken = z.strictObject({
  id: z.string(),
  database: outside(z.string()),
  bytes: z.number(),
  consistentAt: z.number(),
  elapsedMs: z.number(),
  verified: z.int(),
  damage: z.array(outside(z.string())),
  gaps: z.array(outside(z.string())),
  digest: z.string(),
  evidence: z.string().optional(),
});
export type BackupTakenAnswer = z.output<typeof backupTaken>;

export function backupVerdict({ damage, gaps }: Pick<BackupTakenAnswer, 'damage' | 'gaps'>) {
  if (damage.length > 0) return 'critical' as const;
  return gaps.length > 0 ? ('warning' as const) : ('ok' as const);
}

export function renderTaken(taken: BackupTakenAnswer): string {
  const { id, damage, gaps, verified, evidence } = taken;
  const size = `${bytes(taken.bytes)} in ${duration(taken.elapsedMs)}`;
  return [
    `${backupVerdict(taken).toUpperCase()}: backup ${id} of ${taken.database}, ${size}`,
    `It brings back what was committed at ${timestamp(taken.consistentAt)}.`,
    ...damage.map((one) => `Damaged right after it was written: ${one}`),
    ...gaps.map((gap) => `Not in it: ${gap}`),
    `Verified up to level ${verified} (structure and tables of contents); only pg_restore_test proves that it restores.`,
    `Manifest ${taken.digest}${evidence === undefined ? '; no evidence record could be written' : `, evidence record ${evidence}`}`,
    nextCall('pg_restore_test', { backup: id }),
  ].join('\n');
}
