import { bytes, count, timestamp } from '@cinecom/mcp-core';
import type { ArchiverState } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import type { HostReplication } from '../../model/replication.ts';

const day = 86_400_000;

/**
 * What an operator wants to know beside what is wrong.
 *
 * @param rate WAL written, bytes a ms
 */
export function replicationNotes(own: HostReplication, rate: number | undefined): readonly string[] {
  const { slotLimitBytes, slots } = own.picture;
  return [
    ...(isRead(own.archiver) && own.archiver.value.mode !== 'off' ? [archiverNote(own.archiver.value)] : []),
    ...(slots.length === 0
      ? []
      : [`Slots keep ${slotLimitBytes === null ? 'WAL without limit' : `at most ${bytes(slotLimitBytes)} of WAL`}.`]),
    ...(rate === undefined ? [] : [`WAL written: ${bytes(rate * day)} a day.`]),
  ];
}

function archiverNote({ lastArchivedAt, archived, failed }: ArchiverState): string {
  const last = lastArchivedAt === null ? 'nothing yet' : `last ${timestamp(lastArchivedAt)}`;
  return `WAL archive: ${last}, ${count(archived)} files, ${count(failed)} failures.`;
}
