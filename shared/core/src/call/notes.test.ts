import { describe, expect, it } from 'vitest';
import type { AuditEvent, AuditLog } from '../audit/types.ts';
import { createNotes } from './notes.ts';

describe('records that belong to no call', () => {
  it('are told as a gap once a log that could not be opened can be', async () => {
    const written: AuditEvent[] = [];
    const complaints: string[] = [];
    const log = {
      record: async (event: AuditEvent) => {
        written.push(event);
        return { written: true };
      },
    } as Pick<AuditLog, 'record'> as AuditLog;
    let open = false;
    const notes = createNotes({
      audit: () => (open ? Promise.resolve(log) : Promise.reject(new Error('EACCES'))),
      now: () => 4711,
      complain: (text) => complaints.push(text),
    });
    await notes.write({ type: 'auth' });
    await notes.write({ type: 'rejected' });
    expect(complaints).toEqual(['records cannot be written: Error: EACCES']);
    open = true;
    await notes.write({ type: 'prompt' });
    await notes.write({ type: 'auth' });
    expect(written.map(({ type }) => type)).toEqual(['log.gap', 'prompt', 'auth']);
    expect(written[0]?.detail).toEqual({ count: 2, since: 4711, why: 'the log could not be opened' });
  });
});
