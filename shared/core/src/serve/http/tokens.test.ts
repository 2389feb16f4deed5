import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretList } from '../../settings/secrets.ts';
import { parseTokens } from './tokens.ts';

const token = fc.stringMatching(/^[A-Za-z\d._~+/-]{16,40}={0,2}$/);
const risk = fc.constantFrom('read', 'write', 'destructive');
const name = fc.option(fc.stringMatching(/^[\w.-]{1,20}$/), { nil: undefined });
const entry = fc.record({ name, ceiling: risk, token });

describe('tokens', () => {
  test('each is found by its whole text, under its name, and is a secret', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { minLength: 1, maxLength: 10, selector: (one) => one.token }), (entries) => {
        const text = entries.map((one) => (one.name ? `${one.name}:${one.ceiling}:` : '') + one.token).join(',');
        const { tokens, wrong } = parseTokens(text, 'destructive');
        expect(wrong).toEqual([]);
        const secrets = createSecretList();
        secrets.secret(text);
        for (const one of entries) {
          expect(tokens.find(one.token)).toEqual({
            id: `token:${one.name ?? 'default'}`,
            ceiling: one.name === undefined ? 'destructive' : one.ceiling,
            auth: 'token',
          });
          expect(tokens.find(`${one.token}x`)).toBeUndefined();
          expect(secrets.list()).toContain(one.token);
        }
      }),
    );
  });

  test('the ceiling of the process caps theirs', () => {
    const { tokens } = parseTokens(`ops:destructive:${'a'.repeat(16)},${'b'.repeat(16)}`, 'write');
    expect(tokens.find('a'.repeat(16))?.ceiling).toBe('write');
    expect(tokens.find('b'.repeat(16))).toEqual({ id: 'token:default', ceiling: 'write', auth: 'token' });
  });

  test.each(['short', `ops:all:${'a'.repeat(16)}`, `:read:${'a'.repeat(16)}`, `ops:read:`, `a b${'c'.repeat(16)}`, ''])(
    '%j is in neither form',
    (text) => {
      expect(parseTokens(text, 'read').wrong).toEqual([1]);
    },
  );
});
