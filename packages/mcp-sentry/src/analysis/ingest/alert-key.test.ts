import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertKey } from './alert-key.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 200, size: 'max' });
const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 5 });

describe('the key of an alert', () => {
  it('is one line that a search takes for nothing but itself', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 5 }), tags, (title, fingerprint, labels) => {
        const key = alertKey(title, fingerprint, labels);
        expect(key).toMatch(/^[^"\\*\s](?:[^"\\*]{0,198}[^"\\*\s])?$/);
        expect(key).not.toMatch(/[\n\r\t]/);
        expect(() => encodeURIComponent(key)).not.toThrow(); // no half of a letter
      }),
    );
  });

  it('does not depend on the order of tags, nor on the title where a fingerprint is given', () => {
    fc.assert(
      fc.property(text, text, tags, (title, other, labels) => {
        const turned = Object.fromEntries(Object.entries(labels).toReversed());
        expect(alertKey(title, [], labels)).toBe(alertKey(title, [], turned));
        expect(alertKey(title, ['disk'], labels)).toBe(alertKey(other, ['disk'], {}));
      }),
    );
  });

  it('keeps long ones apart that begin alike, and those that are nothing but signs', () => {
    const long = 'x'.repeat(250);
    expect(alertKey(`${long}a`, [], {})).not.toBe(alertKey(`${long}b`, [], {}));
    expect(new Set(['*', '"', ' ', '**'].map((title) => alertKey(title, [], {}))).size).toBe(4);
  });
});
