import { describe, expect, it } from 'vitest';
import { host, picture, slot } from '../../../test/support/replication.ts';
import { outlookOf, outlookWords, walRate } from './outlook.ts';
import { judgeReplication } from './report.ts';
import { judgeSlot } from './slots.ts';

const blind = { walRate: undefined, freeBytes: undefined };
const day = 86_400_000;

describe('a slot', () => {
  it.each([
    ['read and small', {}, undefined],
    ['without WAL yet', { active: false, retainedBytes: null }, undefined],
    ['unread with 64 MB', { active: false, retainedBytes: 64e6 }, 'info slot_inactive'],
    ['unread with 1 GB', { active: false, retainedBytes: 1e9 }, 'critical slot_inactive'],
    ['unread with more than 1 GB', { active: false, retainedBytes: 1e9 + 1 }, 'critical slot_retains_wal'],
    ['read with more than 1 GB', { retainedBytes: 1e9 + 1 }, 'warning slot_retains_wal'],
    ['that the server keeps in step', { active: false, synced: true, retainedBytes: 64e6 }, undefined],
    ['past its limit', { active: false, walStatus: 'unreserved', safeBytes: -5 }, 'critical slot_about_to_be_lost'],
    ['lost', { active: false, walStatus: 'lost', retainedBytes: null }, 'critical slot_lost'],
    ['invalidated', { active: false, invalidation: 'rows_removed' }, 'critical slot_lost'],
  ])('%s', (_what, extra, expected) => {
    const [finding] = judgeSlot(slot(extra));
    expect(finding && `${finding.severity} ${finding.id}`).toBe(expected);
  });

  it('that is lost names the call that removes it, after the rebuild', () => {
    const [finding] = judgeSlot(slot({ name: 'tokyo', kind: 'physical', walStatus: 'lost' }));
    expect(finding?.fix).toMatch(/Rebuild the standby.*then drop the slot/);
    expect(finding?.next).toEqual({ tool: 'pg_change', args: { action: 'drop_slot', object: 'tokyo' } });
  });
});

describe('the time until a slot meets its limit', () => {
  const stopped = slot({ active: false, retainedBytes: 64e6 });
  const rate = 1e9 / day;

  it('is what is left over the rate that was measured', () => {
    expect(outlookOf({ ...stopped, safeBytes: 3e9 }, { walRate: rate, freeBytes: 9e9 })).toEqual({
      limit: 'max_slot_wal_keep_size',
      leftBytes: 3e9,
      leftMs: 3 * day,
    });
    expect(outlookOf(stopped, { walRate: rate, freeBytes: 9e9 })).toMatchObject({ limit: 'disk', leftMs: 9 * day });
  });

  it('is not guessed without a rate or a limit', () => {
    expect(outlookOf({ ...stopped, safeBytes: 3e9 }, blind).leftMs).toBeNull();
    expect(outlookWords(outlookOf({ ...stopped, safeBytes: 3e9 }, blind))).toContain('insufficient data');
    expect(outlookOf(stopped, { walRate: rate, freeBytes: undefined })).toMatchObject({ limit: 'none', leftMs: null });
    const { notExamined } = judgeReplication(
      host({ picture: picture({ slots: [{ ...stopped, safeBytes: 3e9 }] }) }),
      [],
      blind,
    );
    expect(notExamined.map((one) => one.why).join()).toContain('insufficient data');
  });

  it('is over a year where nothing is written', () => {
    expect(outlookWords(outlookOf({ ...stopped, safeBytes: 1 }, { walRate: 0, freeBytes: 1 }))).toContain(
      'over a year',
    );
  });

  it.each([
    ['nothing is kept', undefined],
    ['under an hour is kept', { at: -3_599_999, walBytes: 0 }],
    ['WAL began anew', { at: -day, walBytes: 2e9 }],
  ])('has no rate while %s', (_what, earlier) => {
    expect(walRate(earlier, { at: 0, walBytes: 1e9 })).toBeUndefined();
  });

  it('has the rate between two moments', () => {
    expect(walRate({ at: 0, walBytes: 1e9 }, { at: day, walBytes: 3e9 })).toBeCloseTo(2 * rate, 12);
  });
});
