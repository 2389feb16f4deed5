import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostNameOf, isOwnHost } from './host-check.ts';
import { isAllowedOrigin, originOf } from './origin-check.ts';

describe('a Host header', () => {
  test('is its name without port, in lower case, without the last dot', () => {
    expect(['Example.COM:80', 'example.com.', '[::1]:3000', '127.0.0.1'].map(hostNameOf)).toEqual([
      'example.com',
      'example.com',
      '[::1]',
      '127.0.0.1',
    ]);
  });

  test.each(['', 'a b', 'a/b', 'user@a', 'a,b', 'a:b', 'a:99999999', '[::1', 'http://a', 'a#b', '[zz]'])(
    '%j is none',
    (host) => {
      expect(hostNameOf(host)).toBeUndefined();
    },
  );

  test('is own by the address the connection came in on, of either family', () => {
    const names = new Set<string>();
    expect(isOwnHost('10.0.0.5:3000', '10.0.0.5', names)).toBe(true);
    expect(isOwnHost('10.0.0.5', '::ffff:10.0.0.5', names)).toBe(true);
    expect(isOwnHost('[2001:DB8::5]', '2001:db8::5', names)).toBe(true);
    expect(isOwnHost('localhost', '10.0.0.5', names)).toBe(false);
    expect(isOwnHost('localhost', '::1', names)).toBe(true);
    expect(isOwnHost('0.0.0.0', '127.0.0.1', names)).toBe(false);
    expect(isOwnHost(undefined, '127.0.0.1', names)).toBe(false);
  });

  test('that is a name which only someone else can have chosen is never own', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        expect(isOwnHost(name, '127.0.0.1', new Set())).toBe(false);
      }),
    );
  });
});

describe('an Origin', () => {
  test('is scheme, host and port, and nothing else', () => {
    expect(originOf('https://app.example.com')).toBe('https://app.example.com');
    expect(originOf('https://app.example.com:8443/')).toBe('https://app.example.com:8443');
    const others = [
      'null',
      '*',
      'app.example.com',
      'https://a/b',
      'https://u@a',
      'file:///',
      'HTTPS://A',
      'https://a,https://b',
    ];
    expect(others.map(originOf)).toEqual(others.map(() => undefined));
  });

  test('of another port or scheme is another', () => {
    const allowed = new Set(['https://app.example.com']);
    const served = (origin: string) => isAllowedOrigin(origin, 'http://127.0.0.1:3000', allowed);
    expect(served('https://app.example.com')).toBe(true);
    expect(served('http://127.0.0.1:3000')).toBe(true);
    expect(['http://app.example.com', 'https://app.example.com:444', 'http://127.0.0.1:3001'].some(served)).toBe(false);
  });
});
