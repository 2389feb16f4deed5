import { describe, expect, it } from 'vitest';
import { madeContainer, madeEvent, madeHealth, madeService } from '../../../test/support/made.ts';
import type { Container } from '../../model/container.ts';
import type { HealRecord } from '../../model/heal.ts';
import { candidatesOf } from './candidates.ts';
import { maskValues } from './mask-values.ts';
import { type HealInput, planHeal } from './plan-heal.ts';

const now = 10_000_000;
const ill = (service: string, number = 1): Container =>
  madeContainer(service, { number, health: madeHealth('unhealthy') });

function plan(containers: readonly Container[], more: Partial<HealInput> = {}) {
  const services = new Map([
    ['db', madeService('db')],
    ['api', madeService('api', { dependsOn: new Map([['db', { condition: 'service_healthy', restart: false }]]) })],
  ]);
  const candidates = candidatesOf({ earlier: containers, later: containers }, [], now);
  const { actions, skipped } = planHeal({ candidates, services, containers, records: [], protect: [], now, ...more });
  return {
    actions: actions.map(({ container, rung }) => `${rung} ${container}`),
    skipped: skipped.map(({ container, why }) => `${container} ${why}`),
  };
}

const record = (at: number, rung: HealRecord['rung'], number = 1): HealRecord => ({
  at,
  service: 'api',
  number,
  container: `cinema-api-${number}`,
  rung,
  outcome: 'not ready',
  incident: 'i',
});

describe('a plan of repairs', () => {
  it('takes the dependency, and leaves alone what waits for it', () => {
    expect(plan([ill('api'), ill('db')])).toEqual({
      actions: ['restart cinema-db-1'],
      skipped: ['cinema-api-1 dependency'],
    });
  });

  it('takes one replica of a service', () => {
    expect(plan([madeContainer('db'), ill('api', 1), ill('api', 2)])).toEqual({
      actions: ['restart cinema-api-1'],
      skipped: ['cinema-api-2 turn'],
    });
  });

  it('goes on to the next replica where one was given up', () => {
    const tried = [record(now - 900_000, 'restart'), record(now - 800_000, 'recreate'), record(now - 700_000, 'alert')];
    expect(plan([madeContainer('db'), ill('api', 1), ill('api', 2)], { records: tried })).toEqual({
      actions: ['restart cinema-api-2'],
      skipped: ['cinema-api-1 given up'],
    });
  });

  it('waits for the pause, and keeps off what is protected', () => {
    const just = [record(now - 1000, 'restart')];
    expect(plan([madeContainer('db'), ill('api')], { records: just }).skipped).toEqual(['cinema-api-1 backoff']);
    expect(plan([madeContainer('db'), ill('api')], { protect: ['api'] })).toEqual({
      actions: [],
      skipped: ['cinema-api-1 protected'],
    });
  });
});

describe('a candidate', () => {
  const found = (earlier: Container, later: Container, events: Parameters<typeof candidatesOf>[1] = []) =>
    candidatesOf({ earlier: [earlier], later: [later] }, events, now).length;

  it('is unhealthy at both looks, of one life', () => {
    expect(found(ill('api'), ill('api'))).toBe(1);
    expect(found(madeContainer('api', { health: madeHealth('healthy') }), ill('api'))).toBe(0);
    expect(found(ill('api'), { ...ill('api'), state: { ...ill('api').state, startedAt: 5 } })).toBe(0);
  });

  it('is in a loop now, not one that has run well since', () => {
    const ends = [1, 2, 3].flatMap((at) => [
      madeEvent('api', now - 400_000 + at, 'die', { exitCode: 1 }),
      madeEvent('api', now - 400_000 + at + 0.5, 'start'),
    ]);
    const started = (at: number) => madeContainer('api', { restartCount: 3, state: { startedAt: at } });
    expect(found(started(now - 5000), started(now - 5000), ends)).toBe(1);
    expect(found(started(now - 390_000), started(now - 390_000), ends)).toBe(0);
  });

  it('is none that was stopped', () => {
    const stopped = madeContainer('api', { state: { status: 'exited', exitCode: 143, finishedAt: now - 1000 } });
    expect(found(stopped, stopped)).toBe(0);
  });
});

it('takes values of the environment out of a text, the longer of two first', () => {
  const mask = maskValues(['A=four', 'B=four-and-more', 'C=no', 'D=']);
  expect(mask('four-and-more, four, no')).toBe('***, ***, no');
});
