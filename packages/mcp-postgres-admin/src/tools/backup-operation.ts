import { bytes, duration, nextCall, outside, type OperationView, percent } from '@cinecom/mcp-core';
import * as z from 'zod';
import { backupTaken, backupVerdict, renderTaken } from './backup-taken.ts';
import { renderTested, restoreTested, restoreVerdict } from './restore-tested.ts';

const verdict = z.enum(['ok', 'warning', 'critical', 'unknown', 'running']);

/** Work that outlived its call: how far it is, or what it came to. */
export const backupOperation = z.strictObject({
  verdict,
  operation: z.string(),
  kind: z.string(),
  status: z.string(),
  ranMs: z.number(),
  progress: z.strictObject({ done: z.number(), total: z.number().optional(), text: outside(z.string()) }).optional(),
  error: outside(z.string()).optional(),
  taken: backupTaken.optional(),
  tested: restoreTested.optional(),
});
export type BackupOperation = z.output<typeof backupOperation>;

export function operationAnswer(view: OperationView, now: number): z.input<typeof backupOperation> {
  const { id, kind, status, progress, error, result, startedAt } = view;
  const taken = backupTaken.safeParse(result).data;
  const tested = restoreTested.safeParse(result).data;
  return {
    verdict: verdictOf(view, taken, tested),
    operation: id,
    kind,
    status,
    ranMs: now - startedAt,
    ...(status === 'running' && progress !== undefined ? { progress: { ...progress } } : {}),
    ...(error === undefined ? {} : { error }),
    ...(taken === undefined ? {} : { taken }),
    ...(tested === undefined ? {} : { tested }),
  };
}

export function renderOperation({
  operation,
  kind,
  status,
  ranMs,
  progress,
  error,
  taken,
  tested,
}: BackupOperation): string {
  if (taken !== undefined) return renderTaken(taken);
  if (tested !== undefined) return renderTested(tested);
  const next = nextCall('pg_backup_status', status === 'running' ? { operation } : {});
  if (status === 'running') {
    return [
      `RUNNING: ${kind} for ${duration(ranMs)}${progress === undefined ? '' : `, ${shownProgress(progress)}`}`,
      next,
    ].join('\n');
  }
  return [`${status.toUpperCase()}: the ${kind} ${error ?? 'ended'}`, next].join('\n');
}

function shownProgress({ done, total, text }: NonNullable<BackupOperation['progress']>): string {
  if (total === undefined || total === 0) return text;
  return total > 1000
    ? `${text}: ${bytes(done)} of ${bytes(total)} (${percent(done / total)})`
    : `${text} (step ${done + 1} of ${total})`;
}

function verdictOf(
  { status }: OperationView,
  taken: z.output<typeof backupTaken> | undefined,
  tested: z.output<typeof restoreTested> | undefined,
): z.output<typeof verdict> {
  if (taken !== undefined) return backupVerdict(taken);
  if (tested !== undefined) return restoreVerdict(tested);
  if (status === 'running') return 'running';
  return status === 'succeeded' ? 'ok' : 'critical';
}
