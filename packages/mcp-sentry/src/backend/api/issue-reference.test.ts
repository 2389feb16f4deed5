import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceOf } from './issue-reference.ts';

const own = 'https://sentry.example.com/sentry';

describe('a reference', () => {
  it.each([
    ['4711', own, { id: '4711' }],
    [' 4711\n', own, { id: '4711' }],
    ['MOVIE-SERVICE-1A', own, { shortId: 'MOVIE-SERVICE-1A' }],
    ['movie-service-1a', own, { shortId: 'MOVIE-SERVICE-1A' }],
    ['movie_service-1', own, { shortId: 'MOVIE_SERVICE-1' }],
    ['https://sentry.example.com/sentry/organizations/acme/issues/4711/', own, { id: '4711' }],
    ['HTTPS://SENTRY.EXAMPLE.COM/organizations/acme/issues/4711', own, { id: '4711' }],
    ['https://sentry.example.com/acme/movie/issues/4711/events/abc/?x=1#y', own, { id: '4711' }],
    ['https://sentry.example.com/issues/movie-1/', own, { shortId: 'MOVIE-1' }],
    ['https://acme.sentry.io/issues/4711/', 'https://sentry.io', { id: '4711' }],
    ['https://sentry.io/organizations/acme/issues/4711/', 'https://sentry.io', { id: '4711' }],
  ])('%j at %s is %j', (text, url, reference) => {
    expect(referenceOf(text, url)).toEqual(reference);
  });

  it.each([
    ['https://acme.sentry.io/issues/1/', own, 'another host'],
    ['https://sentry.example.com:8443/issues/1/', own, 'another host'],
    ['https://sentry.example.com@evil.example.com/issues/1/', own, 'another host'],
    ['https://evilsentry.io/issues/1/', 'https://sentry.io', 'another host'],
    ['https://', own, 'another host'],
    ['https://sentry.example.com/settings/', own, 'no issue'],
    ['https://sentry.example.com/issues/', own, 'no issue'],
    ['https://sentry.example.com/issues/%2e%2e/', own, 'no issue'],
    ['movie', own, 'no reference'],
    ['../4711', own, 'no reference'],
    ['4711/../4712', own, 'no reference'],
    ['MOVIE 1', own, 'no reference'],
    ['', own, 'no reference'],
    ['9'.repeat(21), own, 'no reference'],
    ['javascript:alert(1)', own, 'no reference'],
  ])('%j at %s is none: %s', (text, url, says) => {
    expect(() => referenceOf(text, url)).toThrow(says);
  });

  it('that is taken is plain, whatever was written', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.webPath().map((path) => `https://sentry.example.com${path}`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        let reference: ReturnType<typeof referenceOf>;
        try {
          reference = referenceOf(text, own);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' });
          return;
        }
        expect(Object.values(reference)[0]).toMatch(/^[A-Z0-9_-]{1,120}$/);
      }),
    );
  });
});
