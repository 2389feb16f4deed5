import { describe, expect, it } from 'vitest';
import { asksFor, otherChanges } from './model-change.ts';

const model = (movie: object, more: object = {}) => ({
  text: JSON.stringify({ name: 'p', services: { movie, ticket: { image: 'x' } }, ...more }),
});
const before = model({ image: 'x', environment: { A: 'secret' }, mem_limit: '1' });

describe('what a change of a file has changed besides', () => {
  it.each([
    ['limits', model({ image: 'x', environment: { A: 'secret' }, mem_limit: '2', cpus: 1, pids_limit: 3 }), []],
    [
      'limits below deploy',
      model({
        image: 'x',
        environment: { A: 'secret' },
        mem_limit: '1',
        deploy: {
          placement: {},
          resources: { limits: { memory: '2', cpus: 1, pids: 3 }, reservations: { memory: '1' } },
        },
      }),
      [],
    ],
    ['an image', model({ image: 'y', environment: { A: 'secret' }, mem_limit: '1' }), ['services.movie.image']],
    ['a value', model({ image: 'x', environment: { A: 'other' }, mem_limit: '1' }), ['services.movie.environment.A']],
    [
      'a list in place of a map',
      model({ image: 'x', environment: ['A'], mem_limit: '1' }),
      ['services.movie.environment'],
    ],
    ['something gone', model({ image: 'x', mem_limit: '1' }), ['services.movie.environment.A']],
    [
      'another service',
      { text: before.text.replace('"ticket":{', '"ticket":{"mem_limit":"1",') },
      ['services.ticket.mem_limit'],
    ],
    [
      'something new',
      model({ image: 'x', environment: { A: 'secret' }, mem_limit: '1' }, { volumes: { v: {} } }),
      ['volumes.v'],
    ],
  ])('%s', (_name, after, keys) => {
    expect(otherChanges(before, after, 'movie')).toEqual(keys);
  });

  it('and whether it asks for what was wanted', () => {
    const limits = {
      memoryBytes: 1,
      memoryReservationBytes: undefined,
      cpus: 0.5,
      cpusReservation: undefined,
      pids: undefined,
    };
    const none = { memoryBytes: undefined, memoryReservationBytes: undefined, cpus: undefined, pids: undefined };
    expect(asksFor(limits, { ...none, memoryBytes: 1, cpus: 0.5 })).toBe(true);
    expect(asksFor(limits, { ...none, cpus: 0.500_000_01 })).toBe(true); // in 32 bits it is the same
    expect(asksFor(limits, { ...none, cpus: 0.51 })).toBe(false);
    expect(asksFor(limits, { ...none, pids: 5 })).toBe(false);
    expect(asksFor(undefined, { ...none, memoryBytes: 1 })).toBe(false);
  });
});
