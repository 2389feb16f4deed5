import { expect, test } from 'vitest';
import { classifyKey } from './keys.ts';

test.each([
  ['password', 'password'], ['DB_PASSWORD', 'password'], ['dbPassword', 'password'], ['db-passwd', 'password'], ['rootpassword', 'password'],
  ['password_confirmation', 'password'], ['password2', 'password'], ['MYSQL_PWD', 'password'], ['パスワード', 'password'], ['old_password', 'password'],
  ['clientSecret', 'secret'], ['SECRET', 'secret'], ['.dockerconfigjson', 'secret'], ['access_token', 'token'], ['X-Vault-Token', 'token'],
  ['APIKey', 'key'], ['aws_secret_access_key', 'key'], ['AccountKey', 'key'], ['X-Api-Key', 'key'], ['Authorization', 'header'], ['Set-Cookie', 'header'],
  ['auth', 'auth'], ['my_number', 'my-number'], ['個人番号', 'my-number'], ['auth_blob', 'suspect'],
])('%s is a %s', (key, kind) => {
  expect(classifyKey(key)).toBe(kind);
}); // prettier-ignore

test.each([
  'token_count', 'max_tokens', 'tokens', 'author', 'authority', 'public_key', 'primary_key', 'foreignKey', 'keyspace', 'key_id', 'csrf_token', 'xsrf-token',
  'csrfmiddlewaretoken', 'next_page_token', 'compass', 'passed', 'bypass', 'secretary', 'passwordless', 'token_type', 'OLDPWD', 'sort_key', 'secret_name',
  'password_file', 'monkey', 'hotkey', '', 'x'.repeat(200),
])('%s is none', (key) => {
  expect(classifyKey(key) ?? 'none').toMatch(/^(?:none|suspect)$/);
  expect(['password', 'secret', 'token', 'key']).not.toContain(classifyKey(key));
}); // prettier-ignore
