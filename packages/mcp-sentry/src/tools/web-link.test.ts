import { expect, it } from 'vitest';
import { sourceOf } from './web-link.ts';

it('is an address below the organisation, which goes without its query where a fence could not hold it', () => {
  const of = (path: string) => sourceOf('https://sentry.test/base', 'acme', path, 'GET issues/').web;
  expect(of('/issues/?query=a')).toBe('https://sentry.test/base/organizations/acme/issues/?query=a');
  expect(of(`/issues/?query=${'a'.repeat(200)}`)).toBe('https://sentry.test/base/organizations/acme/issues/');
});
