import { describe, expect, it } from 'vitest';
import type { Member } from '../../model/member.ts';
import { findAssignee } from './find-assignee.ts';

const aiko: Member = { userId: '7', isPending: false, logins: ['aiko@example.com', 'aiko.s'], name: 'Aiko' };
const invited: Member = { userId: undefined, isPending: true, logins: ['ken@example.com'], name: undefined };

describe('a person whom issues are to be assigned to', () => {
  it.each(['user:7', 'aiko@example.com', 'Aiko@Example.com', 'aiko.s'])('is found by %s', (wanted) => {
    expect(findAssignee(wanted, [invited, aiko], true)).toEqual({ kind: 'found' });
  });

  it.each([
    ['user:8', []],
    ['stranger@example.com', []],
    // an invitation that was not taken is no user yet
    ['ken@example.com', []],
    ['aiko', ['7']],
  ])('is nobody by %s', (wanted, namesakes) => {
    expect(findAssignee(wanted, [invited, aiko], true)).toEqual({ kind: 'nobody', namesakes });
  });

  it('is not known where some members are not told', () => {
    expect(findAssignee('stranger@example.com', [aiko], false)).toEqual({ kind: 'unknown' });
    expect(findAssignee('user:8', [aiko, { ...invited, isPending: false }], true)).toEqual({ kind: 'unknown' });
  });
});
