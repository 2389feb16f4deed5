import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alertKey } from './alert-key.ts';

it('is the title and the tags in order, or the fingerprint alone', () => {
  expect(alertKey('disk full', [], { job: 'node', host: 'db1' })).toBe('disk full host=db1 job=node');
  expect(alertKey('disk full', ['disk', 'db1'], { host: 'db1' })).toBe('disk db1');
  expect(alertKey('座席', [], {})).toBe('座席');
});

it('is one line without quotes that a search could trip over', () => {
  expect(alertKey('a "b"\n\\c', [], { d: ' e ' })).toBe('a b c d= e');
});

it('tells long ones apart that begin alike', () => {
  const long = 'x'.repeat(300);
  const [first, second] = [alertKey(`${long}1`, [], {}), alertKey(`${long}2`, [], {})];
  expect(first).not.toBe(second);
  expect([first.length, second.length]).toEqual([200, 200]);
  expect(alertKey('y'.repeat(250), [], {})).toMatch(/^y{191}~[0-9a-f]{8}$/);
});

it('is the same for the same alert, in whatever order its tags come, and never too long', () => {
  const tags = fc.dictionary(fc.string({ maxLength: 30 }), fc.string({ maxLength: 80 }), { maxKeys: 8 });
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), tags, (title, given) => {
      const key = alertKey(title, [], given);
      const turned = Object.fromEntries(Object.entries(given).toReversed());
      expect(alertKey(title, [], turned)).toBe(key);
      expect(key.length).toBeLessThanOrEqual(200);
      expect(key).not.toMatch(/[\n\r\t"\\]/);
    }),
  );
});
