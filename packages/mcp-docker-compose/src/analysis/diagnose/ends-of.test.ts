import { describe, expect, it } from 'vitest';
import { madeContainer, madeEvent } from '../../../test/support/made.ts';
import { endsOf } from './ends-of.ts';

const kill = (at: number, signal: string) => madeEvent('api', at, 'kill', { signal });
const die = (at: number, exitCode: number) => madeEvent('api', at, 'die', { exitCode });
const container = madeContainer('api', { stopGraceMs: 2000 });
const kindOf = (...events: readonly ReturnType<typeof die>[]): readonly string[] =>
  endsOf({ containers: [container], events, wanted: undefined }).map(({ kind }) => kind);

describe('an end', () => {
  it.each([
    ['of its own', ['own'], [die(10, 1)]],
    ['as it was asked to', ['asked'], [kill(10, '15'), die(500, 0)]],
    ['by the very signal that asked for it', ['asked'], [kill(10, '15'), die(500, 143)]],
    ['by force after the whole grace period', ['forced'], [kill(10, '15'), kill(2011, '9'), die(2050, 137)]],
    ['by force before it was over', ['killed'], [kill(10, '15'), kill(20, '9'), die(50, 137)]],
    ['by docker kill', ['killed'], [kill(10, '9'), die(50, 137)]],
    ['by a kill that the engine does not know of', ['killed'], [die(50, 137)]],
    ['for want of memory', ['oom'], [madeEvent('api', 10, 'oom'), die(50, 137)]],
    ['of its own, long after a reload by SIGHUP', ['own'], [kill(10, '1'), die(9000, 1)]],
    ['of each of its lives', ['asked', 'own'], [kill(1, '15'), die(5, 0), madeEvent('api', 6, 'start'), die(9, 3)]],
  ] as const)('%s', (_, kinds, events) => {
    expect(kindOf(...events)).toEqual(kinds);
  });

  it('that no event tells of is read from the state, as less sure', () => {
    const gone = madeContainer('api', { state: { status: 'exited', exitCode: 137, finishedAt: 5000 } });
    expect(endsOf({ containers: [gone], events: [], wanted: undefined })).toMatchObject([
      { kind: 'killed', isSeen: false, at: 5000 },
    ]);
    const told = [madeEvent('api', 4990, 'die', { exitCode: 137 })];
    expect(endsOf({ containers: [gone], events: told, wanted: undefined })).toMatchObject([{ isSeen: true }]);
  });

  it('goes by the stop signal of the container', () => {
    const quits = madeContainer('api', { stopSignal: 'SIGQUIT', stopGraceMs: 1000 });
    const events = [kill(10, '3'), die(1200, 137)];
    expect(endsOf({ containers: [quits], events, wanted: undefined })).toMatchObject([{ kind: 'forced' }]);
  });
});
