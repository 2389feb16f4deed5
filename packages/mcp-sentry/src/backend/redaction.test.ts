import { describe, expect, it } from 'vitest';
import { createCleaning } from './redaction.ts';

const token = 'sntryu_0123456789abcdef';
const { secrets, personal, byKey } = createCleaning([token]);

describe('cleaning', () => {
  it.each([
    ['Authorization: Bearer abcdefghijklmnop1234', 'Authorization: Bearer [REDACTED:authorization]'],
    ['Cookie: session=abcdef1234567890; x=y', 'Cookie: [REDACTED:cookie]'],
    ['座席 password=planted-password', '座席 password=[REDACTED:password]'],
    [`token ${token}`, 'token [REDACTED:known]'],
    ['postgres://user:planted-password@db/shop', 'postgres://user:[REDACTED:url-password]@db/shop'],
  ])('takes the secret out of %s', (text, clean) => {
    expect([secrets(text), personal(text)]).toEqual([clean, clean]);
  });

  it.each([
    ['mail to taro@example.com failed', 'mail to [REDACTED:mail:****] failed'],
    ['from 203.0.113.9:4711', 'from [REDACTED:ip]:4711'],
    ['from 2001:db8::8a2e:370:7334', 'from [REDACTED:ip]'],
    ['connect ECONNREFUSED 10.0.0.5:5432', 'connect ECONNREFUSED 10.0.0.5:5432'],
    ['172.16.0.1 172.32.0.1 192.168.1.1 127.0.0.1', '172.16.0.1 [REDACTED:ip] 192.168.1.1 127.0.0.1'],
    ['movie@2.0.0.1 at 12:30:45, v1.2.3.4', 'movie@2.0.0.1 at 12:30:45, v1.2.3.4'],
    ['', ''],
  ])('takes the person out of %s where events of users are shown, and there alone', (text, clean) => {
    expect([secrets(text), personal(text)]).toEqual([text, clean]);
  });

  it.each([
    ['release', 'movie@2.0.0.example', 'movie@2.0.0.example'],
    ['dist', '125.0.6422.60', '125.0.6422.60'],
    ['browser.version', '125.0.64.60', '125.0.64.60'],
    ['app_version', 'of taro@example.com', 'of [REDACTED:mail:****]'],
    ['distinct_id', 'taro@example.com', '[REDACTED:mail:****]'],
    ['distance', '203.0.113.9', '[REDACTED:ip]'],
    ['user.ip', '203.0.113.9', '(hidden)'],
    ['url', 'https://shop.example.com/?a=1', 'https://shop.example.com/?a=1'],
  ])('looks at the key: %s=%s is %s', (key, value, clean) => {
    expect(byKey(key, value)).toBe(clean);
  });

  it('gives a user one name in one process, under each key', () => {
    expect(byKey('user', 'id:4711')).toMatch(/^user#[0-9a-f]{6}$/);
    expect(byKey('user.id', '4711')).toBe(byKey('user', 'id:4711'));
    expect(byKey('user', 'id:4712')).not.toBe(byKey('user', 'id:4711'));
    expect(createCleaning([token]).byKey('user', 'id:4711')).not.toBe(byKey('user', 'id:4711'));
  });

  it('gives the same in every process, and cleans nothing twice', () => {
    const text = `password=planted-password of taro@example.com at 203.0.113.9, ${token}`;
    expect(createCleaning([token]).personal(text)).toBe(personal(text));
    expect(personal(personal(text))).toBe(personal(text));
  });
});
