import { expect, it } from 'vitest';
import { pageOf, scopeOfPage, sourceOf } from './web-link.ts';

const of = (path: string) => sourceOf('https://sentry.test/base', 'acme', path, 'GET issues/').web;

it('is an address below the organisation, which goes without its query where a fence could not hold it', () => {
  expect(of('/issues/?query=a')).toBe('https://sentry.test/base/organizations/acme/issues/?query=a');
  expect(of(`/issues/?query=${'a'.repeat(200)}`)).toBe('https://sentry.test/base/organizations/acme/issues/');
});

it('keeps the parameters that fit, most important first, and none of a list in part', () => {
  const path = pageOf('/issues/', [
    ['query', 'is:unresolved level:fatal'],
    ['statsPeriod', '14d'],
    ...Array.from({ length: 20 }, (_, index): [string, string] => ['project', `100${index}`]),
    ['environment', 'production'],
  ]);
  expect(of(path)).toBe(
    'https://sentry.test/base/organizations/acme/issues/?query=is:unresolved+level:fatal&statsPeriod=14d&environment=production',
  );
});

it('shows the time as Sentry itself would, relative where it was asked so', () => {
  const span = { start: Date.parse('2026-03-01T11:00:00Z'), end: Date.parse('2026-03-01T12:00:00Z') };
  const all = { organization: 'acme', projects: [], isCut: false, environments: ['production'] };
  expect(scopeOfPage(all, span, { from: 'now-1h', to: 'now' })).toEqual([
    ['statsPeriod', '1h'],
    ['environment', 'production'],
    ['project', '-1'],
  ]);
  expect(scopeOfPage(all, span, { from: 'today', to: 'now' }).slice(0, 3)).toEqual([
    ['start', '2026-03-01T11:00:00'],
    ['end', '2026-03-01T12:00:00'],
    ['utc', 'true'],
  ]);
});
