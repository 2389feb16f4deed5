import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapse, type OriginLine } from './collapse.ts';
import { isAtLeast, levelOf, levels } from './level-of.ts';
import { cutText } from '../../text/cut-text.ts';
import { pageFromFirst, pageFromLast } from './page-lines.ts';
import { templateOf } from './template-of.ts';

describe('the level of a line', () => {
  it.each([
    ['2026-11-26 10:00:00 ERROR db down', 'error'],
    ['[error] 7#7: *1 open() failed', 'error'],
    ['{"time":"x","level":"warn","msg":"an ERROR happened before"}', 'warning'],
    ['{"level":50,"msg":"x"}', 'error'],
    ['{"level":30,"msg":"x"}', 'info'],
    ['ts=1 level=debug msg="error=none"', 'debug'],
    ['"log.level": "CRITICAL"', 'error'],
    ['E0311 10:11:12.123456       1 main.go:1] no', 'error'],
    ['W0311 10:11:12.123456       1 main.go:1] hm', 'warning'],
    ['error: no such file', 'error'],
    ['Traceback (most recent call last):', 'error'],
    ['java.lang.NullPointerException: x', 'error'],
    ['TypeError: x is not a function', 'error'],
    ['接続エラー', 'error'],
    ['警告: 残り少ない', 'warning'],
    ['LOG:  NOTICE of meeting', 'info'],
    ['GET /errors 200', undefined],
    ['no errors found', undefined],
    ['level of water: 5', undefined],
    ['constructor level=constructor', undefined],
  ])('%s is %s', (text, level) => {
    expect(levelOf(text)).toBe(level);
  });

  it('is worse or not than another', () => {
    expect(isAtLeast('error', 'warning')).toBe(true);
    expect(isAtLeast('info', 'warning')).toBe(false);
    expect(isAtLeast(undefined, 'debug')).toBe(false);
  });
});

describe('the template of a line', () => {
  it.each([
    ['took 12ms of 3.5 s', 'took <*>ms of <*> s'],
    ['2026-11-26T10:00:00.123Z up', '<*> up'],
    ['2026-11-26 10:00:00,123 +09:00 up', '<*> up'],
    ['10.0.0.1 - [26/Nov/2026:10:00:00 +0000] "GET /7"', '<*> - [<*>] "GET /<*>"'],
    ['from 10.1.2.3:5432 and fe80::1:2', 'from <*> and <*>'],
    ['at 00:1b:44:11:3a:b7', 'at <*>'],
    ['id 550e8400-e29b-41d4-a716-446655440000', 'id <*>'],
    ['ptr 0xDEADbeef commit deadbeef12', 'ptr <*> commit <*>'],
    ['a facade of decades', 'a facade of decades'],
    ['worker-12 of v1.2.3', 'worker-<*> of v<*>'],
    ['上映 3 番', '上映 <*> 番'],
  ])('%s is %s', (text, template) => {
    expect(templateOf(text)).toBe(template);
  });

  it('is the same for any numbers', () => {
    const number = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(templateOf(`order ${a} of user=${b}`)).toBe('order <*> of user=<*>');
      }),
    );
  });
});

const line = (at: number, text: string, more: Partial<OriginLine> = {}): OriginLine => ({
  at,
  service: 'movie',
  number: 1,
  stream: 'stdout',
  level: levelOf(text),
  text,
  ...more,
});

describe('collapsed lines', () => {
  it('are counted with first, last and the newest as example, errors first', () => {
    const lines = [
      line(1, 'request 1'),
      line(2, 'ERROR 5'),
      line(3, 'request 22', { number: 2 }),
      line(4, 'request 3', { service: 'ticket' }),
    ];
    expect(collapse(lines)).toEqual([
      {
        template: 'ERROR <*>',
        service: 'movie',
        level: 'error',
        count: 1,
        replicas: 1,
        first: 2,
        last: 2,
        example: 'ERROR 5',
      },
      {
        template: 'request <*>',
        service: 'movie',
        level: undefined,
        count: 2,
        replicas: 2,
        first: 1,
        last: 3,
        example: 'request 22',
      },
      {
        template: 'request <*>',
        service: 'ticket',
        level: undefined,
        count: 1,
        replicas: 1,
        first: 4,
        last: 4,
        example: 'request 3',
      },
    ]);
  });

  it('lose no line', () => {
    const some = fc.array(fc.tuple(fc.nat(9), fc.constantFrom('a', 'b'), fc.constantFrom(...levels, undefined)));
    fc.assert(
      fc.property(some, (given) => {
        const lines = given.map(([value, service, level], at) => line(at, `x ${value}`, { service, level }));
        expect(collapse(lines).reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      }),
    );
  });
});

describe('pages', () => {
  const sizeOf = (text: string): number => text.length;
  it.each([pageFromFirst, pageFromLast])('of %O hold every row once, in order, within their room', (pageOf) => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 9 })), fc.integer({ min: 1, max: 5 }), (rows, limit) => {
        const pages: (readonly string[])[] = [];
        for (let start: number | undefined = 0; start !== undefined;) {
          const one: ReturnType<typeof pageOf<string>> = pageOf(rows, { start, limit, room: 20, sizeOf });
          expect(one.rows.length).toBeLessThanOrEqual(limit);
          expect(one.rows.length <= 1 || one.rows.join('').length <= 20).toBe(true);
          pages.push(one.rows);
          start = one.next;
        }
        expect((pageOf === pageFromLast ? pages.toReversed() : pages).flat()).toEqual(rows);
      }),
    );
  });

  it('cut a text between characters', () => {
    expect(cutText('a😀b', 3)).toBe('a…');
    expect(cutText('abc', 3)).toBe('abc');
  });
});
