import {
  bytes,
  type Call,
  duration,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  renderFindings,
  table,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { lossMs, recoveryPoint, testedPoints } from '../analysis/backup/facts.ts';
import { judgeBackups } from '../analysis/backup/judge.ts';
import { judgeArchiver } from '../analysis/replication/archiver.ts';
import type { PostgresBackend } from '../backend/port.ts';
import type { BackupPoint, BackupReading } from '../model/backup.ts';
import type { PostgresSettings } from '../settings.ts';
import { defineTool } from '../tool.ts';
import { backupOperation, operationAnswer, renderOperation } from './backup-operation.ts';

const row = z.strictObject({
  id: z.string(),
  kind: z.string(),
  of: z.string(),
  size: z.string(),
  verified: z.string(),
  tested: z.string(),
  label: outside(z.string()).optional(),
});

const status = z.strictObject({
  ...findingsReport.shape,
  backups: z.array(row),
  total: z.int(),
  rpoMs: z.number().optional(),
  rtoMs: z.number().optional(),
  store: outside(z.string()).optional(),
  notes: z.array(z.string()),
  cursor: z.string().optional(),
});

type PostgresCall = Call<PostgresBackend, PostgresSettings>;

export const backupStatus = defineTool({
  name: 'pg_backup_status',
  title: 'Backups and restore tests',
  description:
    'Could the database be brought back now: data loss if it were lost (RPO), newest verified backup, damage, size drops, last restore test and its duration, WAL archiving; then the backups. With operation: progress or outcome of a backup or restore test.',
  searchHint: 'backup status RPO RTO recovery restore age last backup progress',
  risk: 'read',
  input: z.strictObject({
    operation: z.uuid().optional().describe('handle of work that goes on'),
    limit: z.int().min(1).max(200).default(20),
    cursor: z.string().optional(),
  }),
  output: z.union([status, backupOperation]),
  async handle({ operation, ...input }, call) {
    if (operation !== undefined) return operationAnswer(await call.state.operations.read(operation), call.clock.now());
    return statusOf(input, call);
  },
  render(report) {
    if ('operation' in report) return renderOperation(report);
    const { backups, total, store, notes, cursor } = report;
    const [verdict = '', ...rest] = renderFindings(report).split('\n');
    const lines = [verdict, ...rest];
    if (backups.length > 0)
      lines.push('', `Backups in ${store}, ${backups.length} of ${total}:`, table(backups, columns));
    if (notes.length > 0) lines.push(`Also: ${notes.join('; ')}`);
    if (cursor !== undefined) lines.push(`More with cursor ${cursor}`);
    const hasNext = report.findings.some((item) => item.next);
    return hasNext ? lines.join('\n') : [...lines, '', nextCall('pg_overview')].join('\n');
  },
});

const columns = ['id', 'kind', 'of', 'size', 'verified', 'tested', 'label'] as const;

async function statusOf(
  input: { readonly limit: number; readonly cursor?: string | undefined },
  { backend, clock, settings, signal }: PostgresCall,
) {
  const seen = await backend.backups('whole', signal);
  const archiver = await backend.archiver(signal);
  const now = clock.now();
  const { rpo: rpoMinutes, rto: rtoMinutes } = settings.objectives;
  const reading = seen !== undefined && 'value' in seen ? seen.value : undefined;
  const judged = reading && judgeBackups(reading, { now, rpoMinutes, rtoMinutes });
  const unread =
    seen === undefined ? 'no store is configured: set --backup-dir' : 'missing' in seen ? seen.missing : undefined;
  const newest = reading && recoveryPoint(reading, now);
  const [tested] = testedPoints(reading?.points ?? []);
  const { rows, ...paged } = page(
    (reading?.points ?? []).map((point) => backupRow(point)),
    input,
  );
  return {
    ...findings({
      summary: summaryOf(reading, now),
      findings: [...(judged?.findings ?? []), ...('value' in archiver ? judgeArchiver(archiver.value) : [])],
      notExamined: [
        ...(judged?.notExamined ?? []),
        ...(unread === undefined ? [] : [{ what: 'backups and restore tests', why: unread, required: true }]),
        ...('missing' in archiver ? [{ what: 'archiver', why: archiver.missing }] : []),
      ],
      window: `now, ${timestamp(now)}`,
    }),
    backups: [...rows],
    ...paged,
    notes: reading === undefined ? [] : notesOf(reading),
    ...(newest === undefined ? {} : { rpoMs: lossMs(newest, now) }),
    ...(tested?.test.recoveryMs == null ? {} : { rtoMs: tested.test.recoveryMs }),
    ...(reading === undefined ? {} : { store: reading.store }),
  };
}

function notesOf({ others, unfinished }: BackupReading): string[] {
  return [
    ...(others > 0 ? [`${others} more there, of other databases or clusters`] : []),
    ...(unfinished > 0 ? ['a backup is being written, or was cut off and goes with the next run'] : []),
  ];
}

function summaryOf(reading: BackupReading | undefined, now: number): string {
  if (reading === undefined) return 'whether the database could be brought back is not known';
  const newest = recoveryPoint(reading, now);
  const [last] = testedPoints(reading.points);
  const loss =
    newest === undefined ? 'there is no verified backup' : `${duration(lossMs(newest, now))} would be lost (RPO)`;
  if (last === undefined) return `${loss}; no restore was tested, so RTO is unknown`;
  const { recoveryMs, result, at } = last.test;
  const took = recoveryMs === null ? '' : ` in ${duration(recoveryMs)} (RTO)`;
  return `${loss}; last restore test ${duration(now - at)} ago: ${result}${took}`;
}

function backupRow({ id, kind, type, consistentAt, bytes: size, verified, damage, lastTest, label }: BackupPoint) {
  return {
    id,
    kind: kind === 'dump' ? kind : `${kind} ${type}`,
    of: timestamp(consistentAt),
    size: bytes(size),
    verified: damage.length > 0 ? 'damaged' : verified === 0 ? 'no' : `level ${verified}`,
    tested: lastTest === null ? 'no' : `${lastTest.result} ${timestamp(lastTest.at)}`,
    ...(label === null ? {} : { label }),
  };
}
