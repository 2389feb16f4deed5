import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Session } from '../model/session.ts';
import { isExpectedQuery, protection } from './signalling.ts';

const session = (change: Partial<Session>): Session =>
  ({ kind: 'client backend', own: false, query: '', ...change }) as Session;

it('protects what must not be ended, and says why', () => {
  expect(protection(session({}))).toBeUndefined();
  expect(protection(session({ own: true }))).toMatch(/this server itself/);
  expect(protection(session({ kind: 'walsender' }))).toMatch(/walsender/);
  expect(protection(session({ kind: 'checkpointer' }))).toMatch(/checkpointer/);
  expect(protection(session({ kind: 'autovacuum worker', query: 'autovacuum: VACUUM public.a' }))).toBeUndefined();
  expect(
    protection(session({ kind: 'autovacuum worker', query: 'autovacuum: VACUUM public.a (to prevent wraparound)' })),
  ).toMatch(/wraparound/);
});

it('recognises a query by its beginning as an answer shows it', () => {
  const actual = 'UPDATE screenings\n  SET price = 1\n WHERE `id` = 7';
  expect(isExpectedQuery(actual, 'UPDATE screenings ⏎ SET price')).toBe(true);
  expect(isExpectedQuery(actual, "UPDATE screenings SET price = 1 WHERE 'id' = …")).toBe(true);
  expect(isExpectedQuery(actual, 'SET price')).toBe(false);
  expect(
    isExpectedQuery("ALTER ROLE a PASSWORD 'x' VALID", 'ALTER ROLE a PASSWORD [REDACTED:sql:1a2b3c4d] VALID'),
  ).toBe(true);
  expect(
    isExpectedQuery("ALTER ROLE b PASSWORD 'x' VALID", 'ALTER ROLE a PASSWORD [REDACTED:sql:1a2b3c4d] VALID'),
  ).toBe(false);
});

it('recognises any query by any beginning of itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), (query, length) => {
      fc.pre(!query.includes('…') && !query.includes('[REDACTED:'));
      expect(isExpectedQuery(query, query.slice(0, 1 + (length % query.length)))).toBe(true);
    }),
  );
});
