import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isToolError } from '../../errors/tool-error.ts';
import { createRedactor } from '../index.ts';

const secret = ['c4nary', 'value'].join('-');
const exempt = /^plan_[A-Za-z0-9_-]+$/;
const redactor = createRedactor({
  secrets: [secret],
  env: {},
  pii: { cards: 'mask', myNumber: 'mask', mail: 'off', phone: 'off' },
  tagKey: Buffer.alloc(32, 1),
  exempt,
});

async function read(value: unknown): Promise<unknown> {
  const redacted = await redactor.value(value);
  return JSON.parse(JSON.stringify(redacted.value).replaceAll(/:[0-9a-f]{8}\]/g, ']')) as unknown;
}

describe('values', () => {
  test('are read by their keys', async () => {
    expect(
      await read({
        dbPassword: 'x1',
        password: 12_345,
        token: null,
        passwords: ['kept'],
        secret: ['a1b', 'c2d'],
        maxTokens: 100,
        confirm: 'plan_abc-1',
        api_key: 'plan_abc-1',
        headers: { Authorization: 'Bearer abcd1234', 'x-api-key': 'abcd1234' },
        variables: [{ name: 'APP_TOKEN', value: 'abcd1234efgh' }],
        my_number: '123456789018',
      }),
    ).toEqual({
      dbPassword: '[REDACTED:password]',
      password: '[REDACTED:password]',
      token: null,
      passwords: ['kept'],
      secret: ['[REDACTED:secret]', '[REDACTED:secret]'],
      maxTokens: 100,
      confirm: 'plan_abc-1',
      api_key: 'plan_abc-1',
      headers: { Authorization: 'Bearer [REDACTED:credential]', 'x-api-key': '[REDACTED:api-key]' },
      variables: [{ name: 'APP_TOKEN', value: '[REDACTED:token]' }],
      my_number: '[REDACTED:my-number:****]',
    });
  });

  test('of a Kubernetes Secret go, its names stay', async () => {
    expect(await read({ kind: 'Secret', metadata: { name: 'db' }, data: { user: 'YWJj' }, type: 'Opaque' })).toEqual({
      kind: 'Secret',
      metadata: { name: 'db' },
      data: { user: '[REDACTED:password]' },
      type: 'Opaque',
    });
  });

  test('become plain data whatever they were', async () => {
    const error = Object.assign(new Error(`failed with ${secret}`, { cause: new Error('password=abc1') }), {
      code: 'E1',
    });
    error.stack = `Error: ${secret}\n    at x`;
    expect(
      await read({
        [`key ${secret}`]: 1,
        map: new Map<unknown, unknown>([
          ['api_key', 'abcd1234'],
          [1, secret],
        ]),
        set: new Set([secret, 2]),
        error,
        text: Buffer.from(`secret=abc ${secret}`),
        binary: Buffer.from([255, 254, 0]),
        spoilt: Buffer.concat([Buffer.from([255]), Buffer.from(secret)]),
        date: new Date(0),
        big: 4_111_111_111_111_111n,
        card: 4_111_111_111_111_111,
        nan: Number.NaN,
        gone: undefined,
        call: () => 1,
      }),
    ).toEqual({
      'key [REDACTED:known]': 1,
      map: { api_key: '[REDACTED:api-key]', 1: '[REDACTED:known]' },
      set: ['[REDACTED:known]', 2],
      error: {
        name: 'Error',
        message: 'failed with [REDACTED:known]',
        stack: 'Error: [REDACTED:known]\n    at x',
        cause: {
          name: 'Error',
          message: 'password=[REDACTED:password]',
          stack: expect.not.stringContaining('abc1') as string,
        },
        code: 'E1',
      },
      text: 'secret=[REDACTED:secret] [REDACTED:known]',
      binary: '//4A',
      spoilt: '[REDACTED:binary]',
      date: '1970-01-01T00:00:00.000Z',
      big: '[REDACTED:card:****1111]',
      card: '[REDACTED:card:****1111]',
      nan: null,
    });
  });

  test('may refer to themselves, and share parts without growing', async () => {
    const loop: Record<string, unknown> = { a: 1 };
    loop['self'] = loop;
    expect(await read(loop)).toEqual({ a: 1, self: '[Circular]' });
    let shared: unknown = { leaf: secret };
    for (let level = 0; level < 60; level += 1) shared = [shared, shared];
    expect((await redactor.value(shared)).count).toBe(1);
  });

  test('cannot set a prototype', async () => {
    const { value } = await redactor.value(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true}}');
  });

  test('too deep, too large or faulty are withheld', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 300; level += 1) deep = [deep];
    const faulty = Object.defineProperty({}, 'x', { enumerable: true, get: () => { throw new Error('no'); } }); // prettier-ignore
    const codeOf = (reason: unknown): unknown => (isToolError(reason) ? reason.code : String(reason));
    expect(await redactor.value(deep).catch(codeOf)).toBe('too_large');
    expect(await redactor.value(['x'.repeat(5 << 20), 'y'.repeat(5 << 20)]).catch(codeOf)).toBe('too_large');
    expect(await redactor.value(faulty).catch(codeOf)).toBe('Error: no');
  });

  test('that hold no secret are equal to what JSON makes of them; a second reading changes nothing', async () => {
    const key = fc.constantFrom('password', 'token', 'a', 'authorization', 'name', 'value', 'kind', 'data', 'auth');
    const leaf = fc.oneof(
      fc.string(),
      fc.constantFrom(secret, 'Bearer abcd1234', 'Secret', 'APP_TOKEN'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        const once = await redactor.value(value);
        const twice = await redactor.value(once.value);
        expect(twice).toEqual({ value: once.value, count: 0 });
        expect(JSON.stringify(once.value)).not.toContain(secret);
        if (once.count === 0) expect(once.value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
  });
});
