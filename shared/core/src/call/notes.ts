import type { AuditEvent, AuditLog } from '../audit/types.ts';

export interface Notes {
  /** Writes one record that belongs to no call. Never rejects. */
  write(event: Omit<AuditEvent, 'id'>): Promise<void>;
}

export interface NotesOptions {
  readonly audit: () => Promise<AuditLog>;
  /** UTC ms. */
  readonly now: () => number;
  /** Called once each time that writing stops working. */
  readonly complain: (text: string) => void;
}

/**
 * Records that nobody waits for an answer with. Those that a log which cannot be opened has missed are told by a
 * `log.gap` record once it can; those that an open log misses, it tells itself.
 */
export function createNotes({ audit, now, complain }: NotesOptions): Notes {
  let missed = 0;
  let since = 0;
  const writeTo = async (log: AuditLog, event: Omit<AuditEvent, 'id'>): Promise<boolean> => {
    const { randomUUID } = await import('node:crypto');
    return (await log.record({ id: randomUUID(), ...event })).written;
  };
  return {
    async write(event) {
      try {
        const log = await audit();
        const detail = { count: missed, since, why: 'the log could not be opened' };
        if (missed > 0 && (await writeTo(log, { type: 'log.gap', detail }))) missed = 0;
        await writeTo(log, event);
      } catch (error) {
        missed += 1;
        if (missed > 1) return;
        since = now();
        complain(`records cannot be written: ${String(error)}`);
      }
    },
  };
}
