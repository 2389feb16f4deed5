import { expect, it } from 'vitest';
import { regionOf } from './regions.ts';

const at = (base: string, regionUrl: unknown) => regionOf(new URL(base), { links: { regionUrl } });

it('is the region that sentry.io tells', () => {
  expect(at('https://sentry.io', 'https://de.sentry.io')).toBe('https://de.sentry.io');
  expect(at('https://sentry.io', 'https://us.sentry.io/')).toBe('https://us.sentry.io');
  expect(at('https://sentry.io', 'https://us.sentry.io/path?x#y')).toBe('https://us.sentry.io');
});

it.each([
  'https://evil.example.com',
  'https://sentry.io.evil.example.com',
  'https://evilsentry.io',
  'https://sentry.io',
  'http://us.sentry.io',
  'https://us.sentry.io:8443',
  'https://us.sentry.io@evil.example.com',
  'not an address',
  '',
  null,
  undefined,
  7,
  {},
])('is not %j', (told) => {
  expect(at('https://sentry.io', told)).toBeUndefined();
});

it('takes no user name or password along', () => {
  expect(at('https://sentry.io', 'https://user:secret@us.sentry.io')).toBe('https://us.sentry.io');
});

it('is nothing on a server of one’s own, on another port, or without TLS', () => {
  for (const base of [
    'https://sentry.example.com',
    'http://sentry.io',
    'https://sentry.io:8443',
    'https://us.sentry.io',
  ])
    expect(at(base, 'https://de.sentry.io')).toBeUndefined();
});

it.each([null, undefined, 'x', [], { links: null }, { links: 'x' }, {}])('takes %j for an answer', (organization) => {
  expect(regionOf(new URL('https://sentry.io'), organization)).toBeUndefined();
});
