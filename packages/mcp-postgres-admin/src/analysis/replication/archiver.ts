import { type Finding, timestamp } from '@cinecom/mcp-core';
import type { ArchiverState } from '../../model/health.ts';

/** Archiving fails while its last failure is newer than its last success. */
export function judgeArchiver(state: ArchiverState): readonly Finding[] {
  const { mode, lastArchivedAt, lastFailedAt, lastFailedFile, failed } = state;
  if (mode === 'off' || lastFailedAt === null || lastFailedAt <= (lastArchivedAt ?? 0)) return [];
  const success = lastArchivedAt === null ? 'never succeeded' : `last success ${timestamp(lastArchivedAt)}`;
  return [
    {
      id: 'archive_failing',
      severity: 'critical',
      object: 'archive_command',
      evidence: `WAL ${lastFailedFile ?? ''} failed ${timestamp(lastFailedAt)}, ${success}, ${failed} failures`,
      threshold: 'last success newer than last failure',
      fix: 'Read the server log for the message of archive_command; WAL piles up until it works',
    },
  ];
}
