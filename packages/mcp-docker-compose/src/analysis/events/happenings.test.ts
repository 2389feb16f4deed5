import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../model/event.ts';
import { endsOf } from './ends.ts';
import { countsOf, happeningsOf } from './happenings.ts';

const event = (at: number, action: string, more: Partial<EngineEvent> = {}): EngineEvent => ({
  at: at * 1000,
  action,
  containerId: 'a',
  containerName: 'movie-1',
  service: 'movie',
  exitCode: undefined,
  signal: undefined,
  ...more,
});
const die = (at: number, exitCode: number, more: Partial<EngineEvent> = {}) => event(at, 'die', { exitCode, ...more });
const kill = (at: number, signal: string, more: Partial<EngineEvent> = {}) => event(at, 'kill', { signal, ...more });
const told = (events: readonly EngineEvent[]) =>
  happeningsOf(events).map(({ kind, count, what }) => [kind, count, what] as const);

describe('an end', () => {
  it.each([
    ['by itself', [die(1, 139)], 'own', false],
    ['by the kernel for memory', [event(1, 'oom'), die(1, 137)], 'oom', false],
    ['by a stop', [kill(1, '15'), die(2, 0), event(2, 'stop')], 'asked', false],
    ['by a stop that had to be forced', [kill(1, '15'), kill(11, '9'), die(11, 137)], 'asked', true],
    ['by kill -9', [kill(1, '9'), die(1, 137)], 'asked', false],
    ['by itself after it was told to reload', [kill(1, 'SIGHUP'), die(2, 1)], 'own', false],
    ['by itself after it was told to open its log anew', [kill(1, 'SIGUSR1'), die(2, 1)], 'own', false],
    [
      'by itself, after a start that followed a stop',
      [kill(1, '15'), die(2, 0), event(3, 'start'), die(4, 1)],
      'own',
      false,
    ],
    ['by itself long after the kernel ended a child of it', [event(1, 'oom'), die(60, 1)], 'own', false],
  ] as const)('%s is told as such', (_how, events, cause, isForced) => {
    expect(endsOf(events).at(-1)).toMatchObject({ cause, isForced });
  });
});

describe('what happened', () => {
  it('is told once for a container that crashes again and again the same way', () => {
    const loop = Array.from({ length: 5 }, (_, index) => [die(index * 20, 139), event(index * 20 + 1, 'start')]).flat();
    expect(told([...loop, die(200, 1)])).toEqual([
      ['crash', 1, 'exit 1, an error of the application'],
      ['crash', 5, 'exit 139, SIGSEGV: segmentation fault'],
    ]);
    expect(told([die(0, 1), die(1000, 1)])).toHaveLength(2);
  });

  it('names restarts and stops, with how they went', () => {
    expect(told([kill(1, '15'), die(3, 143), event(3, 'stop'), event(4, 'start'), event(4, 'restart')])).toEqual([
      ['restarted', 1, 'ended after 2 s, exit 143, SIGTERM: asked to end; up again after 1 s'],
    ]);
    expect(told([kill(1, '15'), kill(11, '9'), die(11, 137)])).toEqual([
      ['stopped', 1, 'did not end within its grace period, killed after 10 s'],
    ]);
  });

  it('tells health that turns, not that a container becomes healthy after its start', () => {
    const health = (at: number, status: string) => event(at, `health_status: ${status}`);
    expect(told([event(0, 'start'), health(2, 'healthy'), health(60, 'unhealthy'), health(90, 'healthy')])).toEqual([
      ['healthy again', 1, 'after 30 s'],
      ['unhealthy', 1, 'its health check fails'],
    ]);
  });

  it('is one deploy for containers that replace others, and their stops are part of it', () => {
    const old = { containerId: 'a', containerName: 'movie-1' };
    const young = { containerId: 'b', containerName: 'movie-2' };
    const events = [
      event(1, 'create', young),
      kill(2, '15', old),
      kill(12, '9', old),
      die(12, 137, old),
      event(12, 'stop', old),
      event(13, 'destroy', old),
      event(14, 'start', young),
    ];
    expect(told(events)).toEqual([
      ['deploy', 1, '1 container created, 1 container removed, 1 of them killed after the grace period'],
    ]);
    // a minute without any: another deploy
    expect(told([...events, event(80, 'create', { containerId: 'c' })])).toHaveLength(2);
  });

  it('is counted by weight', () => {
    expect(countsOf(happeningsOf([die(1, 1), die(2, 1), event(3, 'oom'), die(3, 137), event(5, 'update')]))).toBe(
      '1 oom, 2 crashes, 1 changed',
    );
  });

  it('leaves out no end and no turn of health of any history, and stays in order', () => {
    const actions = fc.constantFrom('start', 'die', 'oom', 'kill', 'stop', 'health_status: unhealthy', 'pause');
    const history = fc.array(fc.tuple(fc.nat(1000), actions, fc.constantFrom('a', 'b'), fc.constantFrom(0, 1, 137)));
    fc.assert(
      fc.property(history, (list) => {
        const events = list
          .map(([at, action, containerId, exitCode]) => event(at, action, { containerId, exitCode, signal: '15' }))
          .toSorted((a, b) => a.at - b.at);
        const all = happeningsOf(events);
        const sum = (kinds: readonly string[]): number =>
          all.filter(({ kind }) => kinds.includes(kind)).reduce((total, { count }) => total + count, 0);
        const of = (action: string): number => events.filter((one) => one.action === action).length;
        expect(sum(['oom', 'crash', 'finished', 'stopped', 'restarted'])).toBe(of('die'));
        expect(sum(['unhealthy'])).toBe(of('health_status: unhealthy'));
        expect(all).toEqual(all.toSorted((a, b) => b.at - a.at));
      }),
    );
  });
});
