import { createPublicKey } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCheckpoint, hostOrigin, parseCheckpoint, writerOrigin } from './checkpoint.ts';
import { emptyRoot } from './hash.ts';
import { noteSigner, parseVkey, signNote, verifyNote } from './note.ts';

const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const publicKeyOf = (vkey: string): string =>
  Buffer.from(vkey.split('+').slice(2).join('+'), 'base64').subarray(1).toString('hex');

test('seeds give the public keys and signatures of RFC 8032, tests 1 and 2', () => {
  const first = noteSigner(
    'one',
    Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  );
  expect(publicKeyOf(first.vkey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  expect(Buffer.from(first.sign(new Uint8Array())).toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  const second = noteSigner(
    'two',
    Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex'),
  );
  expect(publicKeyOf(second.vkey)).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  expect(Buffer.from(second.sign(Buffer.from('72', 'hex'))).toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
});

test('the example note of the Go implementation verifies', () => {
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const note =
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n\n" +
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  const result = verifyNote(note, [parseVkey(vkey)]);
  expect(result).toMatchObject({ ok: true, signedBy: ['PeterNeumann'] });
});

test('a signed note opens with its verifier key, and no single changed character passes', () => {
  const signer = noteSigner('cinecom.local/audit/box', seed(7));
  const note = signNote('line one\nline two\n', signer);
  const verifier = parseVkey(signer.vkey);
  expect(verifyNote(note, [verifier])).toEqual({ ok: true, text: 'line one\nline two\n', signedBy: [signer.name] });
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.constantFrom('a', 'B', '3', '\n', ' ', '=', '\u2014'), (at, letter) => {
      const changed = note.slice(0, at) + letter + note.slice(at + 1);
      fc.pre(changed !== note);
      expect(verifyNote(changed, [verifier]).ok).toBe(false);
    }),
  );
});

test('signatures by unknown keys are ignored, a bad one by a known key rejects the note', () => {
  const known = noteSigner('known', seed(1));
  const stranger = noteSigner('stranger', seed(2));
  const text = 'text\n';
  const strangersLine = signNote(text, stranger).split('\n\n')[1] ?? '';
  const knownLine = signNote(text, known).split('\n\n')[1] ?? '';
  const badLine = signNote('other\n', known).split('\n\n')[1] ?? '';
  const verifiers = [parseVkey(known.vkey)];
  expect(verifyNote(`${text}\n${strangersLine}${knownLine}`, verifiers)).toMatchObject({
    ok: true,
    signedBy: ['known'],
  });
  expect(verifyNote(`${text}\n${strangersLine}`, verifiers)).toEqual({ ok: false, reason: 'unknown-key' });
  expect(verifyNote(`${text}\n${knownLine}${badLine}`, verifiers)).toEqual({ ok: false, reason: 'bad-signature' });
  expect(verifyNote(`${text}${knownLine}`, verifiers)).toEqual({ ok: false, reason: 'malformed' });
});

test('names and texts that cannot stand in a note are refused', () => {
  expect(() => noteSigner('two words', seed(1))).toThrow(RangeError);
  expect(() => noteSigner('a+b', seed(1))).toThrow(RangeError);
  expect(() => signNote('no newline', noteSigner('a', seed(1)))).toThrow(RangeError);
  expect(() => signNote('tab\there\n', noteSigner('a', seed(1)))).toThrow(RangeError);
  expect(() => parseVkey('a+00000000+AAAA')).toThrow(RangeError);
});

test('any host name gives a usable key name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (host) => {
      const signer = noteSigner(hostOrigin(host), seed(3));
      const text = formatCheckpoint({ origin: writerOrigin(host, 'W'), size: 0, root: emptyRoot });
      expect(verifyNote(signNote(text, signer), [parseVkey(signer.vkey)]).ok).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('a checkpoint reads back, with extension lines, and nothing else does', () => {
  const checkpoint = { origin: 'cinecom.local/audit/box/W', size: 12, root: emptyRoot };
  const text = formatCheckpoint(checkpoint);
  expect(parseCheckpoint(text)).toEqual(checkpoint);
  expect(parseCheckpoint(`${text}extension\n`)).toEqual(checkpoint);
  expect(parseCheckpoint(text.replace('12', '012'))).toBeUndefined();
  expect(parseCheckpoint(text.slice(0, -1))).toBeUndefined();
  expect(parseCheckpoint(text.replace('=', ''))).toBeUndefined();
});

test('the public key in a verifier key is an Ed25519 key', () => {
  const encoded = Buffer.from(publicKeyOf(noteSigner('a', seed(9)).vkey), 'hex').toString('base64url');
  expect(createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encoded }, format: 'jwk' }).asymmetricKeyType).toBe(
    'ed25519',
  );
});
