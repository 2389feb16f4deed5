import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { toolsFor } from '../define/tool.ts';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import { fakeClock } from '../testing/clock.ts';
import { createBackendConnector } from './backend.ts';
import { hardCap, withinBudget } from './budget.ts';
import { createCallSignal } from './call-signal.ts';
import { errorMeta, errorText, outcomeOf } from './error-text.ts';
import { createLimits } from './limits.ts';
import { createProgress } from './progress.ts';
import { runHandler } from './run-handler.ts';
import { truncateStructured } from './truncate.ts';
import { validate } from './validate.ts';

const never = new AbortController().signal;

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isToolError(error) ? error.code : 'other';
  }
  return undefined;
}

describe('validation', () => {
  const tool = toolsFor<object>()({
    name: 'x_find',
    title: 'Find',
    description: 'Finds.',
    risk: 'read',
    input: z.strictObject({
      name: z
        .string()
        .regex(/^[a-z]+$/)
        .max(5),
      since: z
        .string()
        .regex(/^\d+d$/, 'expected days such as 7d')
        .optional(),
      sort: z.enum(['up', 'down']).default('up'),
      limit: z.int().min(1).max(10).default(3),
      kinds: z
        .array(z.enum(['fresh', 'stale']))
        .min(1)
        .optional(),
    }),
    output: z.object({}),
    handle: () => ({}),
    render: () => '',
  });
  const messageOf = (args: unknown): string => {
    try {
      validate(tool, args);
      return 'valid';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('defaults are filled in and arguments kept as given', () => {
    const valid = validate(tool, { name: 'abc' });
    expect(valid.input).toEqual({ name: 'abc', sort: 'up', limit: 3 });
    expect(valid.args).toEqual({ name: 'abc' });
  });

  test.each([
    [undefined, 'name: missing; string expected'],
    [[], 'arguments are not an object'],
    [{ name: 'abc', limit: 11 }, 'limit: at most 10'],
    [{ name: 'abcdef' }, 'name: at most 5 characters'],
    [{ name: 'ABC' }, 'name: must match /^[a-z]+$/'],
    [{ name: 'abc', since: 'yesterday' }, 'since: expected days such as 7d'],
    [{ name: 'abc', sort: 'left' }, 'sort: allowed: up, down'],
    [{ name: 'abc', nam: 1, zzzzzzzz: 2 }, '2 unknown arguments, did you mean name?'],
    [{ name: 7 }, 'name: string expected'],
    [{ name: 'abc', kinds: 'fresh' }, 'kinds: array of fresh, stale expected'],
  ])('%j: %s', (args, message) => {
    expect(messageOf(args)).toBe(message);
  });

  test('a given value never comes back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (args) => {
        const planted = { ...args, name: 'PLANTED-VALUE', limit: 'PLANTED-VALUE', 'PLANTED-VALUE': 1 };
        expect(messageOf(planted)).not.toContain('PLANTED-VALUE');
      }),
    );
  });

  test('size, number of elements and depth are bounded before the schema looks', () => {
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ a: inner }), 1);
    expect(codeOf(() => validate(tool, { deep }))).toBe('too_large');
    expect(codeOf(() => validate(tool, { many: Array.from({ length: 10_001 }, () => 1) }))).toBe('too_large');
    expect(codeOf(() => validate(tool, { long: 'x'.repeat(256 * 1024 + 1) }))).toBe('too_large');
    expect(codeOf(() => validate(tool, { all: Array.from({ length: 9 }, () => 'x'.repeat(200_000)) }))).toBe(
      'too_large',
    );
  });
});

describe('limits', () => {
  test('a bucket empties at its burst, refills with time, and says when', () => {
    const clock = fakeClock();
    const limits = createLimits({ clock, rate: 1, concurrency: 8 });
    limits.take('x', 'destructive', 'token:a');
    limits.take('x', 'destructive', 'token:a');
    expect(codeOf(() => limits.take('x', 'destructive', 'token:a'))).toBe('rate_limited');
    limits.take('y', 'destructive', 'token:a');
    clock.advance(10_000);
    limits.take('x', 'destructive', 'token:a');
    expect(() => limits.take('x', 'destructive', 'token:a')).toThrow(
      expect.objectContaining({ retryAfterMs: 10_000 }) as Error,
    );
  });

  test('callers have buckets of their own, of which the one unused for longest is forgotten', () => {
    const clock = fakeClock();
    const limits = createLimits({ clock, rate: 1, concurrency: 8 });
    const empty = (caller: string) => {
      limits.take('x', 'destructive', caller);
      limits.take('x', 'destructive', caller);
    };
    empty('token:a');
    empty('token:b');
    for (let other = 0; other < 9_998; other += 1) limits.take('x', 'read', `oauth:${other}`);
    expect(codeOf(() => limits.take('x', 'destructive', 'token:a'))).toBe('rate_limited');
    limits.take('x', 'read', 'oauth:one more');
    expect(codeOf(() => limits.take('x', 'destructive', 'token:b'))).toBeUndefined();
    expect(codeOf(() => limits.take('x', 'destructive', 'token:a'))).toBe('rate_limited');
  });

  test('a token given back can be taken again, and rate 0 takes none', () => {
    const clock = fakeClock();
    const limits = createLimits({ clock, rate: 1, concurrency: 8 });
    for (let round = 0; round < 10; round += 1) limits.take('x', 'destructive', 'token:a').giveBack();
    const free = createLimits({ clock, rate: 0, concurrency: 8 });
    for (let round = 0; round < 100; round += 1) free.take('x', 'destructive', 'token:a');
    expect(codeOf(() => free.take('x', 'destructive', 'token:a'))).toBeUndefined();
  });

  test('never more than burst plus refill pass', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 100 }), (waits) => {
        const clock = fakeClock();
        const limits = createLimits({ clock, rate: 1, concurrency: 8 });
        const start = clock.now();
        let passed = 0;
        for (const wait of waits) {
          clock.advance(wait);
          if (codeOf(() => limits.take('x', 'write', 'token:a')) === undefined) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(4 + ((clock.now() - start) * 12) / 60_000 + 1e-6);
      }),
    );
  });

  test('a slot is handed to the one that waited longest, and waiting ends with the signal', async () => {
    const limits = createLimits({ clock: fakeClock(), rate: 0, concurrency: 1 });
    const first = await limits.slot(never);
    const controller = new AbortController();
    const cancelled = limits.slot(controller.signal);
    const second = limits.slot(never);
    controller.abort(new ToolError('cancelled', 'gone'));
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    first.release();
    first.release();
    (await second).release();
    await expect(limits.slot(never)).resolves.toBeDefined();
  });

  test('a slot that stays taken for five seconds is busy', async () => {
    vi.useFakeTimers();
    try {
      const limits = createLimits({ clock: fakeClock(), rate: 0, concurrency: 1 });
      await limits.slot(never);
      const waiting = limits.slot(never).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(5000);
      expect(await waiting).toMatchObject({ code: 'busy', retryAfterMs: 1000 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('changes of one target come one after another, of others beside', async () => {
    const limits = createLimits({ clock: fakeClock(), rate: 0, concurrency: 8 });
    const first = await limits.targets(['table a', 'table b'], never);
    expect(first.waited).toBe(false);
    const other = await limits.targets(['table c'], never);
    expect(other.waited).toBe(false);
    const second = limits.targets(['table b', 'table a'], never);
    first.release();
    expect((await second).waited).toBe(true);
  });
});

describe('handlers under a signal', () => {
  test('the error of an interrupted handler is the reason of the interruption, with what the handler knew', async () => {
    const controller = new AbortController();
    const work = runHandler(
      () =>
        new Promise((_resolve, reject) => {
          controller.signal.addEventListener('abort', () => {
            reject(new ToolError('backend_error', 'cancelled by us', { applied: 'unknown' }));
          });
        }),
      controller.signal,
      () => undefined,
    );
    controller.abort(new ToolError('timeout', 'too slow', { hint: 'less' }));
    await expect(work).rejects.toMatchObject({ code: 'timeout', applied: 'unknown', hint: 'less' });
  });

  test('client, shutdown and timeout each end the call with their own code', () => {
    vi.useFakeTimers();
    try {
      const client = new AbortController();
      const shutdown = new AbortController();
      const of = () => createCallSignal({ client: client.signal, shutdown: shutdown.signal, timeoutMs: 1000 });
      const timedOut = of();
      vi.advanceTimersByTime(1000);
      expect(timedOut.signal.reason).toMatchObject({ code: 'timeout' });
      const cancelled = of();
      client.abort();
      expect(cancelled.signal.reason).toMatchObject({ code: 'cancelled' });
      expect(of().signal.aborted).toBe(true);
      const stopped = createCallSignal({ client: never, shutdown: shutdown.signal, timeoutMs: 1000 });
      const disposed = createCallSignal({ client: never, shutdown: shutdown.signal, timeoutMs: 1000 });
      disposed.dispose();
      shutdown.abort(new ToolError('shutting_down', 'stopping'));
      expect(stopped.signal.reason).toMatchObject({ code: 'shutting_down' });
      expect(disposed.signal.aborted).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the backend', () => {
  const closable = () => ({ close: async () => undefined });

  test('is connected on first use, once for all who wait', async () => {
    let connects = 0;
    const connector = createBackendConnector({
      clock: fakeClock(),
      shutdown: never,
      async connect() {
        connects += 1;
        return closable();
      },
    });
    const both = await Promise.all([connector.acquire(never), connector.acquire(never)]);
    expect(both[0]).toBe(both[1]);
    expect(await connector.acquire(never)).toBe(both[0]);
    expect(connects).toBe(1);
  });

  test('after a failure it is tried no more often than every 1, 2, 4 … 30 s, and recovers by itself', async () => {
    const clock = fakeClock();
    let connects = 0;
    let up = false;
    const connector = createBackendConnector({
      clock,
      shutdown: never,
      async connect() {
        connects += 1;
        if (up) return closable();
        throw new ToolError('backend_unreachable', 'nobody there');
      },
    });
    const attempt = () =>
      connector.acquire(never).then(
        () => 'up',
        (error: ToolError) => error.retryAfterMs ?? 'tried',
      );
    const waits: unknown[] = [];
    for (let round = 0; round < 7; round += 1) {
      expect(await attempt()).toBe('tried');
      const wait = (await attempt()) as number;
      waits.push(wait);
      clock.advance(wait);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(connects).toBe(7);
    up = true;
    expect(await attempt()).toBe('up');
  });

  test('that does not answer within ten seconds is unreachable, and a late connection is closed', async () => {
    vi.useFakeTimers();
    try {
      let closed = false;
      let arrive: (() => void) | undefined;
      const connector = createBackendConnector({
        clock: fakeClock(),
        shutdown: never,
        connect: () =>
          new Promise((resolve) => {
            arrive = () =>
              resolve({
                async close() {
                  closed = true;
                },
              });
          }),
      });
      const waiting = connector.acquire(never).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await waiting).toMatchObject({ code: 'backend_unreachable' });
      arrive?.();
      await vi.advanceTimersByTimeAsync(0);
      expect(closed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('budgets', () => {
  test('a text within its budget is left alone; one beyond never exceeds it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 300 }),
        fc.integer({ min: 1000, max: 50_000 }),
        (lines, budget) => {
          const text = lines.join('\n');
          const cut = withinBudget(text, ['limit'], budget);
          expect(cut.length).toBeLessThanOrEqual(Math.min(budget, hardCap));
          expect(cut === text).toBe(text.length <= Math.min(budget, hardCap));
        },
      ),
    );
  });

  test('one endless line is cut with its code quote closed', () => {
    const cut = withinBudget(`verdict \`${'x'.repeat(20_000)}\``, []);
    expect(cut.length).toBeLessThanOrEqual(8000);
    expect(cut.split('\n')[0]).toMatch(/x`…$/);
  });

  test('structured results shrink by halving their longest list, and say what is left', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ index, text: 'x'.repeat(20) }));
    const cut = truncateStructured({ total: 5000, rows, cursor: 'cur_x' });
    expect(JSON.stringify(cut).length).toBeLessThanOrEqual(hardCap);
    const kept = cut?.['rows'] as unknown[];
    expect(cut?.['truncated']).toEqual([{ path: 'rows', shown: kept.length, total: 5000, cursor: 'cur_x' }]);
    expect(truncateStructured({ text: 'x'.repeat(hardCap) })).toBeUndefined();
  });
});

describe('errors', () => {
  test('text tells what failed, what to do, what the backend said on one short line, and when to retry', () => {
    const error = new ToolError('backend_rate_limited', 'slow down', {
      hint: 'Ask for less.',
      backendText: `first\n\nsecond ${'x'.repeat(400)}`,
      retryAfterMs: 3000,
    });
    const lines = errorText(error, false).split('\n');
    expect(lines[0]).toBe('backend_rate_limited: slow down');
    expect(lines[1]).toBe('Ask for less.');
    expect(lines[2]).toMatch(/^The backend says: \uFDD0first second x+\uFDD1$/);
    expect(lines[2]?.length).toBeLessThan(330);
    expect(lines[3]).toBe('Retry after 3 s.');
    expect(errorMeta(error)).toEqual({
      code: 'backend_rate_limited',
      retryable: true,
      applied: 'no',
      retryAfterMs: 3000,
    });
  });

  test('a change says in the first line whether it was applied, and an unknown one is never retryable', () => {
    const error = new ToolError('backend_unreachable', 'gone', { applied: 'unknown' });
    expect(errorText(error, true)).toBe('backend_unreachable (applied: unknown): gone');
    expect(errorMeta(error).retryable).toBe(false);
    expect(outcomeOf(error)).toBe('unknown');
    expect(outcomeOf(new ToolError('not_allowed', 'no'))).toBe('denied');
    expect(outcomeOf(new ToolError('timeout', 'slow'))).toBe('failure');
  });
});

describe('progress', () => {
  test('rises, keeps a second apart, and ends with the call', () => {
    const clock = fakeClock();
    const sent: number[] = [];
    const progress = createProgress({ clock, send: (done) => sent.push(done), clean: (text) => text });
    progress.report(1, 10, 'a');
    progress.report(2, 10, 'b');
    clock.advance(1000);
    progress.report(1, 10, 'back');
    progress.report(3, 10, 'c');
    clock.advance(1000);
    progress.end();
    progress.report(4, 10, 'late');
    expect(sent).toEqual([1, 3]);
  });
});
