import { bytes, count, duration, type Finding, type NotExamined, percent, timestamp } from '@cinecom/mcp-core';
import type { BackupPoint, BackupReading } from '../../model/backup.ts';
import { isFuture, lossMs, recoveryPoint, sizeBefore, testedPoints } from './facts.ts';

export interface BackupContext {
  /** UTC ms. */
  readonly now: number;
  /** Minutes. */
  readonly rpoMinutes: number | undefined;
  readonly rtoMinutes: number | undefined;
}

export interface BackupJudgement {
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
}

const minute = 60_000;
const day = 86_400_000;
/** Without an objective a backup a day is expected, with time to be made. */
const assumedRpoMinutes = 26 * 60;
const smallestShare = 0.5;
const testEveryMs = 30 * day;

/** Whether the database could be brought back now, and what would be lost. Pure. */
export function judgeBackups(reading: BackupReading, context: BackupContext): BackupJudgement {
  const { points } = reading;
  const usable = points.filter((point) => !isFuture(point, context.now));
  return {
    findings: [
      ...judgeAge(reading, context),
      ...judgeWal(reading),
      ...judgeDamage(usable),
      ...judgeSize(usable),
      ...judgeTests(usable, context),
      ...judgeStore(reading, points.length - usable.length),
    ],
    notExamined:
      reading.stanzaUnread === null
        ? []
        : [{ what: 'what pgBackRest still has', why: reading.stanzaUnread, required: true }],
  };
}

function judgeAge(reading: BackupReading, { now, rpoMinutes }: BackupContext): Finding[] {
  const { points } = reading;
  const objective = (rpoMinutes ?? assumedRpoMinutes) * minute;
  const threshold =
    rpoMinutes === undefined ? `${duration(objective)} (no rpo is set: one a day)` : `objective ${duration(objective)}`;
  const newest = recoveryPoint(reading, now);
  const run = { tool: 'pg_backup_run', args: {} };
  if (newest === undefined) {
    const evidence =
      points.length === 0 ? 'there is none of this database' : `none of ${count(points.length)} is verified and whole`;
    const fix = 'Back up now, and give the daemon a daily job of pg_backup_run';
    return [{ id: 'backup_missing', severity: 'critical', object: 'backup', evidence, threshold, fix, next: run }];
  }
  const lost = lossMs(newest, now);
  if (lost <= objective) return [];
  return [
    {
      id: 'backup_rpo',
      severity: rpoMinutes === undefined ? 'warning' : 'critical',
      object: newest.point.id,
      evidence: `it brings back what was committed at ${timestamp(newest.at)}: ${duration(lost)} would be lost`,
      threshold,
      fix: 'Back up now, and see why the job did not',
      next: run,
    },
  ];
}

function judgeWal({ wal }: BackupReading): Finding[] {
  if (wal.gaps.length === 0) return [];
  return [
    {
      id: 'backup_wal_gap',
      severity: 'critical',
      object: 'archive',
      evidence: `lacks ${wal.gaps.join(', ')}`,
      threshold: 'every segment since the newest backup',
      fix: 'Back up now: nothing after the gap can be recovered; then find out who removed them',
      next: { tool: 'pg_backup_run', args: { kind: 'pgbackrest' } },
    },
  ];
}

function judgeDamage(points: readonly BackupPoint[]): Finding[] {
  return points
    .filter(({ damage }) => damage.length > 0)
    .map((point) => ({
      id: 'backup_damaged',
      severity: point === points[0] ? ('critical' as const) : ('warning' as const),
      object: point.id,
      evidence: point.damage.join('; '),
      threshold: 'every file as it was written',
      fix: 'Look for the cause on that disk; do not count on this backup',
    }));
}

function judgeSize(points: readonly BackupPoint[]): Finding[] {
  const [newest] = points;
  const before = sizeBefore(points);
  if (newest === undefined || before === undefined || newest.bytes >= before * smallestShare) return [];
  return [
    {
      id: 'backup_size_drop',
      severity: 'warning',
      object: newest.id,
      evidence: `${bytes(newest.bytes)}, ${percent(newest.bytes / before)} of the median before`,
      threshold: percent(smallestShare),
      fix: 'See whether data was deleted, or tables have left this database',
      next: { tool: 'pg_restore_test', args: { backup: newest.id } },
    },
  ];
}

function judgeTests(points: readonly BackupPoint[], { now, rtoMinutes }: BackupContext): Finding[] {
  const [last] = testedPoints(points);
  if (last === undefined && points.length === 0) return [];
  const next = { tool: 'pg_restore_test', args: {} };
  if (last === undefined || now - last.test.at > testEveryMs) {
    const evidence = last === undefined ? 'no backup was ever restored' : `last ${duration(now - last.test.at)} ago`;
    const fix = 'Test a restore now, and give the daemon a weekly job of pg_restore_test';
    return [
      { id: 'restore_test_old', severity: 'warning', object: 'restore test', evidence, threshold: '30 d', fix, next },
    ];
  }
  const { point, test } = last;
  const of = { object: point.id, next };
  if (test.result === 'different' || test.result === 'not-restorable') {
    const evidence = `${test.result} on ${timestamp(test.at)}: ${test.why}`;
    const fix = 'Back up anew and test that; then look for the cause';
    return [{ id: 'restore_test_failed', severity: 'critical', evidence, threshold: 'faithful', fix, ...of }];
  }
  if (rtoMinutes === undefined || test.recoveryMs === null || test.recoveryMs <= rtoMinutes * minute) return [];
  return [
    {
      id: 'backup_rto',
      severity: 'warning',
      evidence: `the last restore test took ${duration(test.recoveryMs)}`,
      threshold: `objective ${duration(rtoMinutes * minute)}`,
      fix: 'A physical backup restores faster; or a faster disk, or a longer objective',
      ...of,
    },
  ];
}

function judgeStore({ store, unreadable }: BackupReading, future: number): Finding[] {
  const findings: Finding[] = unreadable.map((evidence) => ({
    id: 'backup_unreadable',
    severity: 'warning',
    object: store,
    evidence,
    threshold: 'a folder with its point.json',
    fix: 'Look at the folder; it does not count as a backup',
  }));
  if (future === 0) return findings;
  const evidence = `${count(future)} from the future`;
  const fix = 'Check the clocks: they do not count';
  return [...findings, { id: 'backup_future', severity: 'warning', object: store, evidence, threshold: 'now', fix }];
}
