import { expect, it } from 'vitest';
import { keyOfField } from './key-of-field.ts';

it.each([
  ['user.id', 'number', 'user.id'],
  ['tags[user.username]', 'string', 'user.username'],
  ['tags[user_id,number]', 'number', 'user_id'],
  ['count_unique(user)', 'number', 'count_unique(user)'],
  ['any(user.id)', 'string', 'user.id'],
  ['max(tags[user.id])', 'string', 'user.id'],
  ['max(user.id)', 'number', 'user.id'],
  ['last_seen()', 'string', 'last_seen()'],
])('the key of %s as %s is %s', (field, type, key) => {
  expect(keyOfField(field, type)).toBe(key);
});
