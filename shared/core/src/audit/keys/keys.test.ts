import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isToolError } from '../../errors/tool-error.ts';
import { LineMac } from './hmac.ts';
import { deriveLogKeys } from './log-keys.ts';
import { keyWarning, rootKey } from './root-key.ts';

const short = (hex: string): string => Buffer.from(hex, 'hex').subarray(0, 16).toString('base64url');

test('the line MAC gives the HMAC-SHA256 values of RFC 4231, cut to 16 bytes', () => {
  const cases: [key: Buffer, data: Buffer, hex: string][] = [
    [
      Buffer.alloc(20, 0x0b),
      Buffer.from('Hi There'),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      Buffer.from('Jefe'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      Buffer.alloc(20, 0xaa),
      Buffer.alloc(50, 0xdd),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      Buffer.from('0102030405060708090a0b0c0d0e0f10111213141516171819', 'hex'),
      Buffer.alloc(50, 0xcd),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
  ];
  for (const [key, data, hex] of cases) {
    expect(new LineMac(key).mac(data)).toBe(short(hex));
  }
});

test('the line MAC is HMAC for any key of 32 bytes and any data', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 500 }), (key, data) => {
      const expected = createHmac('sha256', key).update(data).digest().subarray(0, 16).toString('base64url');
      expect(new LineMac(key).mac(data)).toBe(expected);
    }),
  );
});

test('a stepped key gives other MACs, the same for whoever steps from the start', () => {
  const key = randomBytes(32);
  const walked = new LineMac(key);
  const before = walked.mac(Buffer.from('line'));
  walked.step();
  walked.step();
  expect(walked.mac(Buffer.from('line'))).not.toBe(before);
  expect(new LineMac(key, 2).mac(Buffer.from('line'))).toBe(walked.mac(Buffer.from('line')));
});

test('the platform gives the HKDF value of RFC 5869, test 1', () => {
  const okm = hkdfSync(
    'sha256',
    Buffer.alloc(22, 0x0b),
    Buffer.from('000102030405060708090a0b0c', 'hex'),
    Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'),
    42,
  );
  expect(Buffer.from(okm).toString('hex')).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

test('keys differ by writer and host, and are the same again', () => {
  const root = randomBytes(32);
  const keys = deriveLogKeys(root, 'box');
  const line = Buffer.from('line');
  expect(deriveLogKeys(root, 'box').signer.vkey).toBe(keys.signer.vkey);
  expect(deriveLogKeys(root, 'other').signer.keyId).not.toBe(keys.signer.keyId);
  expect(keys.lineMac('A').mac(line)).not.toBe(keys.lineMac('B').mac(line));
  expect(keys.guard('A')('text')).not.toBe(keys.guard('B')('text'));
  expect(keys.tag({ a: 1, b: 2 })).toBe(keys.tag({ b: 2, a: 1 }));
  expect(keys.signer.vkey).toMatch(/^cinecom\.local\/audit\/box\+[0-9a-f]{8}\+/);
});

test('32 bytes in hex, base64 or base64url are one key, and other text is a passphrase', async () => {
  const bytes = randomBytes(32);
  for (const text of [bytes.toString('hex'), bytes.toString('base64'), ` ${bytes.toString('base64url')}\n`]) {
    expect(await rootKey(text, 'audit')).toEqual(bytes);
  }
  const phrase = ['an orange', 'boat', 'sails', 'slowly'].join(' ');
  expect(await rootKey(phrase, 'audit')).toEqual(await rootKey(phrase, 'audit'));
  expect(await rootKey(phrase, 'audit')).not.toEqual(await rootKey(phrase, 'encryption'));
});

test('a passphrase under 20 characters is refused, naming the setting', async () => {
  const error: unknown = await rootKey('too short', 'encryption').catch((reason: unknown) => reason);
  expect(isToolError(error) && error.code).toBe('not_configured');
  expect(String(error)).toContain('MCP_ENCRYPTION_KEY');
});

test('keys that are no secret are reported', () => {
  const placeholders = [
    '',
    'x'.repeat(40),
    'changeme',
    'please-change-me-to-something',
    'a'.repeat(64),
    'A'.repeat(43) + '=',
    '0'.repeat(64),
    '<your-audit-log-key-goes-here>',
    'abcabcabcabcabcabcabcabc',
    '12345678901234567890123',
    'short',
  ];
  expect(placeholders.filter((key) => keyWarning(key) === undefined)).toEqual([]);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), () => {
      expect(keyWarning(randomBytes(32).toString('base64'))).toBeUndefined();
      expect(keyWarning(randomBytes(32).toString('hex'))).toBeUndefined();
    }),
  );
  expect(keyWarning(['orange', 'boat', 'sails', 'slowly', '42'].join(' '))).toBeUndefined();
});
