import { describe, expect, it } from 'vitest';
import { turnsOf } from './turns.ts';

const never = new AbortController().signal;

describe('turns', () => {
  it('lets two run and the others wait in order', async () => {
    const turns = turnsOf(2);
    const taken: number[] = [];
    const leaves = [1, 2, 3, 4].map(async (number) => {
      const leave = await turns.take(never);
      taken.push(number);
      return leave;
    });
    await Promise.all(leaves.slice(0, 2));
    expect(taken).toEqual([1, 2]);
    (await leaves[1])?.();
    await leaves[2];
    expect(taken).toEqual([1, 2, 3]);
    // Leaving twice frees one turn only.
    (await leaves[1])?.();
    await Promise.resolve();
    expect(taken).toEqual([1, 2, 3]);
    (await leaves[0])?.();
    await leaves[3];
    expect(taken).toEqual([1, 2, 3, 4]);
  });

  it('a waiter whose signal aborts leaves the queue', async () => {
    const turns = turnsOf(1);
    const leave = await turns.take(never);
    const stop = new AbortController();
    const waiting = turns.take(stop.signal);
    const next = turns.take(never);
    stop.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
    leave();
    (await next)();
    await expect(turns.take(stop.signal)).rejects.toThrow('no longer wanted');
  });
});
