import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disturb } from './disturb.ts';

describe('disturbed answers', () => {
  test('are the same for the same seed, and the given answer stays whole', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (body, seed) => {
        const before = JSON.stringify(body);
        expect(JSON.stringify(disturb(seed, 0.5)(body, '/a'))).toBe(JSON.stringify(disturb(seed, 0.5)(body, '/a')));
        expect(JSON.stringify(body)).toBe(before);
      }),
    );
  });

  test('stay as they are with no share', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (body, seed) => {
        expect(JSON.stringify(disturb(seed, 0)(body, '/a'))).toBe(JSON.stringify(body));
      }),
    );
  });

  test('keep a field that is called as the prototype is', () => {
    const body: unknown = JSON.parse('{"__proto__":[1],"constructor":{"a":2}}');
    expect(JSON.stringify(disturb(0, 0)(body, '/a'))).toBe('{"__proto__":[1],"constructor":{"a":2}}');
  });

  test('meet every kind of change over a hundred seeds', () => {
    const kinds = Array.from({ length: 100 }, (_, seed) => JSON.stringify(disturb(seed, 1)({ name: 'x' }, '/a')));
    expect(new Set(kinds)).toEqual(
      new Set(['{}', '{"name":null}', '{"name":1}', '{"name":"x","name_unknown":{"added":[1]}}']),
    );
  });
});
