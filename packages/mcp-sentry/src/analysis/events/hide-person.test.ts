import { expect, it } from 'vitest';
import { hidePerson } from './hide-person.ts';

const hide = (key: string, value: string) => hidePerson(key, value, (user) => `user#${user.length}`);

it.each([
  ['user', 'id:4711', 'user#4'],
  ['user', 'id:kenji@example.com', 'user#17'],
  ['user', 'email:kenji@example.com', 'user#17'],
  ['user', 'ip:2001:db8::1', 'user#11'],
  ['user', 'username:kenji', 'user#5'],
  ['user', '', ''],
  ['sentry:user', 'id:4711', 'user#4'],
  ['user.email', 'kenji at home', '(hidden)'],
  ['user.ip', '::1', '(hidden)'],
  ['user.id', '4711', 'user#4'],
  ['user.name', 'Kenji', 'user#5'],
  ['user.username', 'kenji', 'user#5'],
  ['user_id', '4711', 'user#4'],
  ['username', 'kenji', 'user#5'],
  ['user.geo.country_code', 'JP', 'JP'],
  ['client_ip', '203.0.113.9', '(hidden)'],
  ['customer.email', 'x', '(hidden)'],
  ['release', 'movie@2.0.0', 'movie@2.0.0'],
  ['username_kind', 'a@b', 'a@b'],
  ['userland', 'x', 'x'],
  ['zip', '100-0001', '100-0001'],
])('of %s=%s leaves %s', (key, value, shown) => {
  expect(hide(key, value)).toBe(shown);
});
