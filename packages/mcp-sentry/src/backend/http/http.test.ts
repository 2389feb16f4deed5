import fc from 'fast-check';
import { ToolError } from '@cinecom/mcp-core';
import { describe, expect, it } from 'vitest';
import { nextCursor } from './next-cursor.ts';
import { retryAfterMs, withRetries } from './retry.ts';
import { pathOf, type RouteName, routes } from './routes.ts';
import type { Reply } from './send.ts';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

describe('nextCursor', () => {
  const link = (results: string, cursor = '0:100:0') =>
    `<https://internal.invalid/api/0/x/?&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", ` +
    `<https://internal.invalid/api/0/x/?&cursor=${cursor}>; rel="next"; results="${results}"; cursor="${cursor}"`;

  it('is the cursor of the next page where it has results', () => {
    expect(nextCursor(link('true'))).toBe('0:100:0');
    expect(nextCursor(link('false'))).toBeUndefined();
    expect(nextCursor([link('true')])).toBe('0:100:0');
  });

  it.each([
    undefined,
    '',
    '<x>',
    'rel="next"',
    '<a>; rel="next"; results="true"',
    '<a>; rel="next"; results="true"; cursor=""',
  ])('is none in %j', (header) => {
    expect(nextCursor(header)).toBeUndefined();
  });

  it('takes attributes in any order and case, and addresses with commas', () => {
    expect(nextCursor('<https://a/?q=x,y>; CURSOR="1:2:0"; Results="true"; Rel="next"')).toBe('1:2:0');
  });

  it('never fails over what it is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        nextCursor(text);
      }),
    );
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'later', 'x-sentry-rate-limit-reset': String(now / 1000 + 5) }, 5000],
    [{ 'x-sentry-rate-limit-reset': String(now / 1000 - 5) }, 0],
    [{ 'x-sentry-rate-limit-reset': 'soon' }, undefined],
    [{ 'retry-after': ' ' }, undefined],
    [{}, undefined],
  ])('of %j is %s', (headers, ms) => {
    expect(retryAfterMs(headers, now)).toBe(ms);
  });
});

describe('withRetries', () => {
  const reply = (status: number, headers: Reply['headers'] = {}): Reply => ({ status, headers, text: '' });
  /** Replies or errors in turn; what was answered in the end, and the waits between. */
  async function after(...answers: readonly (Reply | Error)[]) {
    const waits: number[] = [];
    let tries = 0;
    const ask = async (): Promise<Reply> => {
      const answer = answers[(tries += 1) - 1];
      if (answer === undefined) throw new Error('asked too often');
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const wait = async (ms: number) => void waits.push(ms);
    const told = await withRetries(ask, { wait, now: () => 0 }, never).then(
      ({ status }) => status,
      (error: unknown) => (error as Error).message,
    );
    return [told, waits, tries];
  }
  const gone = new ToolError('backend_unreachable', 'gone');

  it('asks again at most twice, what passes by itself', async () => {
    expect(await after(reply(200))).toEqual([200, [], 1]);
    expect(await after(reply(503), reply(200))).toEqual([200, [500], 2]);
    expect(await after(reply(502), reply(504), reply(200))).toEqual([200, [500, 1500], 3]);
    expect(await after(reply(429), reply(429), reply(429))).toEqual([429, [500, 1500], 3]);
    expect(await after(gone, gone, reply(200))).toEqual([200, [500, 1500], 3]);
    expect(await after(gone, gone, gone)).toEqual(['gone', [500, 1500], 3]);
  });

  it('never asks again what was answered', async () => {
    for (const status of [400, 401, 403, 404, 409, 500]) expect(await after(reply(status))).toEqual([status, [], 1]);
    expect(await after(new Error('a mistake'))).toEqual(['a mistake', [], 1]);
    expect(await after(new ToolError('timeout', 'slow'))).toEqual(['slow', [], 1]);
  });

  it('waits as long as it is told, up to twenty seconds', async () => {
    expect(await after(reply(429, { 'retry-after': '20' }), reply(200))).toEqual([200, [20_000], 2]);
    expect(await after(reply(429, { 'retry-after': '21' }))).toEqual([429, [], 1]);
  });
});

describe('routes', () => {
  it('read, create and change, and none deletes', () => {
    expect(new Set(Object.values(routes).map(([method]) => method))).toEqual(new Set(['GET', 'POST', 'PUT']));
    const writing = Object.entries(routes).filter(([, [method]]) => method !== 'GET');
    expect(writing.map(([name]) => name)).toEqual(['changeIssues', 'startAutofix', 'createWorkflow', 'changeWorkflow']);
    for (const [, [method, , scope]] of Object.entries(routes)) {
      expect(scope).toMatch(method === 'GET' ? /:(read|releases)$/ : /:write$/);
    }
  });

  it('no name bends a path to another route', () => {
    const part = fc.string({ minLength: 1, maxLength: 30 });
    const names = Object.keys(routes) as RouteName[];
    fc.assert(
      fc.property(fc.constantFrom(...names), part, (name, text) => {
        const holes = [...routes[name][1].matchAll(/\{(\w+)\}/g)].map(([, hole = '']) => hole);
        let path: string;
        try {
          path = pathOf(name, Object.fromEntries(holes.map((hole) => [hole, text])));
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' });
          return;
        }
        const slashes = (one: string) => one.split('/').length;
        const address = new URL(path, 'https://sentry.example.com');
        expect(slashes(address.pathname)).toBe(slashes(`/api/0${routes[name][1]}`));
        expect([address.host, address.search, address.hash]).toEqual(['sentry.example.com', '', '']);
      }),
    );
  });

  it.each(['', '.', '..', '%2e', '%2E%2e'])('a part %j is refused', (part) => {
    expect(() => pathOf('release', { organization: 'acme', version: part })).toThrow('version is no name');
  });

  it('encodes versions as Sentry wants them', () => {
    expect(pathOf('release', { organization: 'acme', version: 'movie@2.0.0+1/x' })).toBe(
      '/api/0/organizations/acme/releases/movie%402.0.0%2B1%2Fx/',
    );
  });
});

describe('turns', () => {
  const gate = () => {
    let open = (): void => undefined;
    const promise = new Promise<void>((resolve) => (open = resolve));
    return { promise, open };
  };

  it('lets so many run at once, the others in the order of their coming', async () => {
    const turns = createTurns(2);
    const gates = Array.from({ length: 5 }, gate);
    const begun: number[] = [];
    const all = gates.map(async ({ promise }, index) =>
      turns.take(async () => {
        begun.push(index);
        await promise;
        return index;
      }, never),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    for (const [index, { open }] of gates.entries()) {
      open();
      await all[index];
    }
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives the turn on when one fails', async () => {
    const turns = createTurns(1);
    const failed = turns.take(() => Promise.reject(new Error('broken')), never);
    const next = turns.take(async () => 'mine', never);
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('mine');
  });

  it('forgets who gives up while waiting, and never starts who has given up before', async () => {
    const turns = createTurns(1);
    const { promise, open } = gate();
    const first = turns.take(() => promise, never);
    const impatient = new AbortController();
    let ran = false;
    const run = async (): Promise<void> => {
      ran = true;
    };
    const second = turns.take(run, impatient.signal);
    const third = turns.take(async () => 'third', never);
    impatient.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    await expect(turns.take(run, impatient.signal)).rejects.toThrow('given up');
    open();
    await first;
    expect([await third, ran]).toEqual(['third', false]);
  });
});
