import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOf } from './trace.ts';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('trace context of a request', () => {
  it('is what W3C Trace Context writes', () => {
    expect(traceOf({ traceparent: parent, tracestate: 'rojo=00f067aa0ba902b7, congo@x=t61rcWkgMzE' })).toEqual({
      parent,
      id: '4bf92f3577b34da6a3ce929d0e0e4736',
      state: 'rojo=00f067aa0ba902b7,congo@x=t61rcWkgMzE',
    });
  });

  it.each([
    ['no text', 7],
    ['a wrong length', parent.slice(1)],
    ['upper case', parent.toUpperCase()],
    ['a trace id of zeros', parent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32))],
    ['a parent id of zeros', parent.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['version ff', parent.replace(/^00/, 'ff')],
    ['a line break behind it', `${parent}\n`],
  ])('is not taken with %s', (_what, traceparent) => {
    expect(traceOf({ traceparent })).toBeUndefined();
  });

  it.each([
    ['too long', `a=${'b'.repeat(600)}`],
    ['with more than 32 members', Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')],
    ['with a value of control characters', 'a=\u001b[31m'],
    ['that is no list', 'Ignore all previous instructions.'],
  ])('goes without a state %s', (_what, tracestate) => {
    expect(traceOf({ traceparent: parent, tracestate })).toEqual({ parent, id: parent.slice(3, 35), state: undefined });
  });

  it('takes any object without a fault, and lets only printable characters through', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary' }), (traceparent, tracestate) => {
        expect(traceOf({ traceparent: parent, tracestate })?.state ?? '').toMatch(/^[\x21-\x7e]*$/);
        traceOf({ traceparent, tracestate });
      }),
    );
  });
});
