import { timestamp } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { notRead, nothing, type Check } from './types.ts';

export const archive: Check = {
  name: 'archive',
  weight: 1,
  cheap: true,
  run({ archiver }) {
    if (archiver === undefined) return nothing;
    if (!isRead(archiver)) return notRead('archiver', archiver.missing);
    const { mode, lastArchivedAt, lastFailedAt, lastFailedFile, failed } = archiver.value;
    if (mode === 'off' || lastFailedAt === null || lastFailedAt <= (lastArchivedAt ?? 0)) return nothing;
    const success = lastArchivedAt === null ? 'never succeeded' : `last success ${timestamp(lastArchivedAt)}`;
    return {
      findings: [
        {
          id: 'archive_failing',
          severity: 'critical',
          object: 'archive_command',
          evidence: `WAL ${lastFailedFile ?? ''} failed ${timestamp(lastFailedAt)}, ${success}, ${failed} failures`,
          threshold: 'last success newer than last failure',
          fix: 'Read the server log for the message of archive_command; WAL piles up until it works',
        },
      ],
      notExamined: [],
    };
  },
};
