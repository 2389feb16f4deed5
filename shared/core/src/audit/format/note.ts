import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';

/** Signs notes under one key name; the seed never leaves it. */
export interface NoteSigner {
  readonly name: string;
  /** 8 hex characters: SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4]. */
  readonly keyId: string;
  /** `name+hexid+base64(0x01 ‖ public key)`: what a verifier needs. */
  readonly vkey: string;
  sign(text: Uint8Array): Uint8Array;
}

export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

export type NoteResult =
  | { readonly ok: true; readonly text: string; readonly signedBy: readonly string[] }
  | { readonly ok: false; readonly reason: 'malformed' | 'bad-signature' | 'unknown-key' };

const pkcs8Prefix = '302e020100300506032b657004220420';
const spkiPrefix = '302a300506032b6570032100';
const keyName = /^[^\s+]+$/u;
const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/**
 * An Ed25519 signer of C2SP signed notes.
 *
 * @param name no white space, no plus sign
 * @param seed the 32 bytes of RFC 8032
 * @see https://c2sp.org/signed-note
 */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!keyName.test(name)) throw new RangeError('a key name has no white space and no plus sign');
  const key = createPrivateKey({
    key: Buffer.from(pkcs8Prefix + Buffer.from(seed).toString('hex'), 'hex'),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const keyId = noteKeyId(name, publicKey);
  const encoded = Buffer.concat([Buffer.of(1), publicKey]).toString('base64');
  return { name, keyId, vkey: `${name}+${keyId}+${encoded}`, sign: (text) => sign(null, text, key) };
}

/** @throws RangeError when the text is no Ed25519 verifier key or its id does not match */
export function parseVkey(vkey: string): NoteVerifier {
  const [name = '', keyId = '', ...rest] = vkey.trim().split('+');
  const encoded = Buffer.from(rest.join('+'), 'base64');
  const publicKey = encoded.subarray(1);
  if (encoded.length !== 33 || encoded[0] !== 1 || !keyName.test(name) || noteKeyId(name, publicKey) !== keyId) {
    throw new RangeError('not a verifier key of the form name+id+key (Ed25519)');
  }
  const key = createPublicKey({
    key: Buffer.from(spkiPrefix + publicKey.toString('hex'), 'hex'),
    format: 'der',
    type: 'spki',
  });
  return { name, keyId, verify: (text, signature) => signature.length === 64 && verify(null, text, key, signature) };
}

/**
 * Signs a text as a C2SP note.
 *
 * @param text ends with a newline; no control characters but newlines
 * @throws RangeError when the text cannot be a note
 */
export function signNote(text: string, signer: NoteSigner): string {
  if (!isNoteText(text)) throw new RangeError('a note ends with a newline and has no control characters');
  const signature = Buffer.concat([Buffer.from(signer.keyId, 'hex'), signer.sign(Buffer.from(text))]);
  return `${text}\n\u2014 ${signer.name} ${signature.toString('base64')}\n`;
}

/**
 * Checks a note. Signatures by unknown keys are ignored; one bad signature by a known key rejects the note.
 *
 * @param verifiers from `parseVkey`
 */
export function verifyNote(note: string, verifiers: readonly NoteVerifier[]): NoteResult {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2).split('\n');
  if (split < 0 || lines.pop() !== '' || lines.length === 0 || lines.length > 100 || !isNoteText(text)) {
    return { ok: false, reason: 'malformed' };
  }
  const signedBy: string[] = [];
  const bytes = Buffer.from(text);
  for (const line of lines) {
    const [, name = '', encoded = ''] = signatureLine.exec(line) ?? [];
    const signature = Buffer.from(encoded, 'base64');
    if (signature.length < 5 || signature.toString('base64') !== encoded) return { ok: false, reason: 'malformed' };
    const keyId = signature.subarray(0, 4).toString('hex');
    const known = verifiers.find((verifier) => verifier.name === name && verifier.keyId === keyId);
    if (known === undefined) continue;
    if (!known.verify(bytes, signature.subarray(4))) return { ok: false, reason: 'bad-signature' };
    signedBy.push(name);
  }
  return signedBy.length === 0 ? { ok: false, reason: 'unknown-key' } : { ok: true, text, signedBy };
}

function noteKeyId(name: string, publicKey: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), publicKey]), 'hex').slice(0, 8);
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f\ufffd\p{Surrogate}]/u.test(text);
}
