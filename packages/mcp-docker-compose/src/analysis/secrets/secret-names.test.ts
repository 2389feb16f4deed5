import { expect, it } from 'vitest';
import { createMask, isSecretName } from './secret-names.ts';

it.each([
  ['DB_PASSWORD', true],
  ['PGPASSWORD', true],
  ['STRIPE_API_KEY', true],
  ['TMDB_KEY', true],
  ['JWT_SECRET', true],
  ['SENTRY_DSN', true],
  ['githubToken', true],
  ['DB_PASSWORD_FILE', false],
  ['AWS_ACCESS_KEY_ID', false],
  ['SSH_PUBLIC_KEY', false],
  ['KEYBOARD', false],
  ['MONKEY', false],
  ['PASSENGERS', false],
  ['LANG', false],
  ['AUTHOR', false],
])('%s is %s to hold a secret', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});

it('takes written-out secrets out of a text, the longer of two first', () => {
  const mask = createMask([{ DB_PASSWORD: 'hunter2', API_TOKEN: 'hunter2-more', LANG: 'C.UTF-8', EMPTY_SECRET: '' }]);
  expect(mask('app --a hunter2-more --b hunter2 --lang C.UTF-8')).toBe('app --a *** --b *** --lang C.UTF-8');
});
