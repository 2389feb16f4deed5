import { describe, expect, it } from 'vitest';
import { modelIssue } from '../../../test/support/issue-model.ts';
import { changeWords, isDone, issueChange, showsChange } from './issue-change.ts';

describe('issueChange', () => {
  it.each([
    [{ status: 'resolved' }, { status: 'resolved' }],
    [{ status: 'ignored' }, { status: 'ignored', substatus: 'archived_until_escalating' }],
    [
      { status: 'ignored', ignoreCount: 5, ignoreWindow: 60 },
      { status: 'ignored', statusDetails: { ignoreCount: 5, ignoreWindow: 60 } },
    ],
    [{ assignedTo: 'nobody' }, { assignedTo: '' }],
    [{ assignedTo: '42' }, { assignedTo: 'user:42' }],
    [{ assignedTo: 'team:7' }, { assignedTo: 'team:7' }],
    [{ seen: false }, { hasSeen: false }],
    [{ inNextRelease: false, priority: 'low' }, { priority: 'low' }],
  ] as const)('of %j is %j', (wanted, change) => {
    expect(issueChange(wanted)).toEqual(change);
  });

  it.each([
    [{}, 'nothing is to be changed'],
    [{ inNextRelease: false }, 'nothing is to be changed'],
    [{ inRelease: 'v1' }, 'status resolved'],
    [{ status: 'ignored', inNextRelease: true }, 'status resolved'],
    [{ status: 'resolved', inRelease: 'v1', inNextRelease: true }, 'no inNextRelease'],
    [{ ignoreMinutes: 5 }, 'status ignored'],
    [{ status: 'unresolved', ignoreCount: 5 }, 'status ignored'],
    [{ status: 'ignored', ignoreWindow: 5 }, 'ignoreCount'],
  ] as const)('of %j is refused: %s', (wanted, says) => {
    expect(() => issueChange(wanted)).toThrow(says);
  });

  it('is told in words', () => {
    const all = { status: 'resolved', inRelease: 'v1', priority: 'high', assignedTo: 'nobody', seen: false } as const;
    expect(changeWords(issueChange(all))).toEqual([
      'status resolved (inRelease v1)',
      'priority high',
      'assigned to nobody',
      'not seen',
    ]);
    expect(changeWords(issueChange({ status: 'ignored' }))).toEqual(['status archived_until_escalating']);
  });

  it.each([
    [{ ignoreMinutes: 30 }, 'for 30 min'],
    [{ ignoreCount: 1 }, 'until 1 event'],
    [{ ignoreCount: 5, ignoreWindow: 60 }, 'until 5 events within 60 min'],
    [{ ignoreMinutes: 30, ignoreCount: 5, ignoreWindow: 60 }, 'for 30 min, or until 5 events within 60 min'],
  ])('says for how long it ignores, with units: %j', (until, words) => {
    expect(changeWords(issueChange({ status: 'ignored', ...until }))).toEqual([`status ignored ${words}`]);
  });
});

describe('whether a change is made', () => {
  const both = (given: Parameters<typeof modelIssue>[0], wanted: Parameters<typeof issueChange>[0]) => {
    const [issue, change] = [modelIssue(given), issueChange(wanted)];
    return [isDone(issue, change), showsChange(issue, change)];
  };

  it('is seen by every part of it', () => {
    const wanted = { status: 'resolved', priority: 'low', assignedTo: 'team:7', seen: true } as const;
    const as = { status: 'resolved', priority: 'low', assigneeKey: 'team:7', hasSeen: true };
    expect(both(as, wanted)).toEqual([true, true]);
    for (const [name, other] of Object.entries({
      status: 'ignored',
      priority: 'high',
      assigneeKey: 'team:8',
      hasSeen: false,
    }))
      expect(both({ ...as, [name]: other }, wanted)).toEqual([false, false]);
  });

  it('is not known before where it has a condition, and shown by its status after', () => {
    expect(both({ status: 'resolved' }, { status: 'resolved', inNextRelease: true })).toEqual([false, true]);
    expect(both({ status: 'ignored' }, { status: 'ignored', ignoreMinutes: 5 })).toEqual([false, true]);
  });

  it('tells ways of archiving apart where Sentry does', () => {
    expect(both({ status: 'ignored', substatus: 'archived_forever' }, { status: 'ignored' })).toEqual([false, false]);
    expect(both({ status: 'ignored', substatus: 'archived_until_escalating' }, { status: 'ignored' })).toEqual([
      true,
      true,
    ]);
    expect(both({ status: 'ignored' }, { status: 'ignored' })).toEqual([true, true]);
  });

  it('to a person by mail may show as any person, to nobody as nobody only', () => {
    expect(both({ assigneeKey: 'user:1', assignee: 'Kenji' }, { assignedTo: 'kenji@example.com' })).toEqual([
      false,
      true,
    ]);
    expect(both({}, { assignedTo: 'kenji@example.com' })).toEqual([false, false]);
    expect(both({}, { assignedTo: 'nobody' })).toEqual([true, true]);
    expect(both({ assigneeKey: 'user:1' }, { assignedTo: 'nobody' })).toEqual([false, false]);
  });
});
