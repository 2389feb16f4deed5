import { expect, it } from 'vitest';
import { hidePerson } from './hide-person.ts';

it.each([
  ['user', 'id:4711', 'id:4711'],
  ['user', 'id:kenji@example.com', 'id:(hidden)'],
  ['user', 'email:kenji@example.com', 'email:(hidden)'],
  ['user', 'ip:203.0.113.9', 'ip:(hidden)'],
  ['user', 'ip:2001:db8::1', 'ip:(hidden)'],
  ['user', 'id:2001:db8::1', 'id:(hidden)'],
  ['user', 'username:kenji', 'username:kenji'],
  ['user.email', 'kenji at home', '(hidden)'],
  ['user.ip', '::1', '(hidden)'],
  ['user.id', '203.0.113.9', '(hidden)'],
  ['user.name', 'Kenji', 'Kenji'],
  ['client_ip', '203.0.113.9', '(hidden)'],
  ['customer.email', 'x', '(hidden)'],
  ['release', 'movie@2.0.0', 'movie@2.0.0'],
  ['username_kind', 'a@b', 'a@b'],
  ['zip', '100-0001', '100-0001'],
])('of %s=%s leaves %s', (key, value, shown) => {
  expect(hidePerson(key, value)).toBe(shown);
});

it('takes long values without delay', () => {
  expect(hidePerson('user', `id:${'1:'.repeat(200_000)}`)).toBeDefined();
});
