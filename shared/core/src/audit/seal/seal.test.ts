import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../define/call.ts';
import { eraseSubject, openLog, personalReader, readLog, verifyLog } from '../index.ts';
import type { AuditEvent, AuditLog } from '../types.ts';
import { decrypt, encrypt } from './cipher.ts';

let base: string;
const key = randomBytes(32).toString('base64');
const encryptionKey = randomBytes(32).toString('base64');

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'audit-seal-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const open = (): Promise<AuditLog> =>
  openLog({
    dir: join(base, 'audit'),
    marksDir: join(base, 'marks'),
    server: 's',
    version: '1',
    host: 'box',
    key,
    encryptionKey,
    clock: systemClock,
  });

const calls = async (): Promise<AuditEvent[]> => {
  const events: AuditEvent[] = [];
  for await (const { event } of readLog({ dir: join(base, 'audit'), types: ['call'] })) events.push(event);
  return events;
};

const filesText = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

test('AES-256-GCM gives the values of the GCM specification, test cases 14 and 16', () => {
  const zero = encrypt(Buffer.alloc(32), Buffer.alloc(16), '', Buffer.alloc(12));
  expect(Buffer.from(zero, 'base64url').subarray(12).toString('hex')).toBe(
    'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  );
  const gcmKey = Buffer.from('feffe9928665731c6d6a8f9467308308'.repeat(2), 'hex');
  const text = Buffer.from(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    'hex',
  );
  const context = Buffer.from('feedfacedeadbeeffeedfacedeadbeefabaddad2', 'hex');
  const sealed = encrypt(gcmKey, text, context, Buffer.from('cafebabefacedbaddecaf888', 'hex'));
  expect(Buffer.from(sealed, 'base64url').subarray(12).toString('hex')).toBe(
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b',
  );
  expect(decrypt(gcmKey, sealed, context)).toEqual(text);
  expect(decrypt(gcmKey, sealed, '')).toBeUndefined();
});

test('personal values stand nowhere in the files, and open with the encryption key', async () => {
  const log = await open();
  await log.record({
    id: 'r1',
    type: 'call',
    actor: { sub: 'Alice@Example.org', os_user: 'alice-os', role: 'admin' },
    origin: { ip: '203.0.113.9' },
    args: { mail: 'bob@example.org', list: [{ phone: '090-1234-5678' }], limit: 3 },
    personal: [
      { path: ['mail'] },
      { path: ['list', 0, 'phone'], subject: 'bob@example.org' },
      { path: ['not', 'there'] },
    ],
  });
  await log.close('test');
  const text = filesText(base);
  for (const value of ['Alice@', 'alice-os', '203.0.113.9', 'bob@', '090-1234']) expect(text).not.toContain(value);
  const [event] = await calls();
  const reader = await personalReader(join(base, 'audit'), encryptionKey);
  expect(event?.actor).toEqual({
    sub: reader.tagOf('alice@example.org'),
    role: 'admin',
    os_user: reader.tagOf('alice@example.org'),
  });
  expect(event?.args).toMatchObject({ limit: 3, mail: reader.tagOf('bob@example.org') });
  expect(event && reader.open(event)).toEqual({
    'actor.sub': 'Alice@Example.org',
    'actor.os_user': 'alice-os',
    'origin.ip': '203.0.113.9',
    'args.mail': 'bob@example.org',
    'args.list.0.phone': '090-1234-5678',
  });
});

test('a sealed value moved to another record or field does not open', async () => {
  const log = await open();
  await log.record({ id: 'r1', type: 'call', actor: { sub: 'alice' } });
  await log.close('test');
  const [event] = await calls();
  const reader = await personalReader(join(base, 'audit'), encryptionKey);
  const sealed = (event?.pd as Record<string, string> | undefined)?.['actor.sub'] ?? '';
  expect(reader.open({ id: 'r1', type: 'call', pd: { 'actor.sub': sealed } })).toEqual({ 'actor.sub': 'alice' });
  expect(reader.open({ id: 'r2', type: 'call', pd: { 'actor.sub': sealed } })).toEqual({ 'actor.sub': undefined });
  expect(reader.open({ id: 'r1', type: 'call', pd: { 'origin.ip': sealed } })).toEqual({ 'origin.ip': undefined });
});

test('erasing a subject closes its values for good, leaves others, and the log still verifies', async () => {
  const log = await open();
  await log.record({ id: 'r1', type: 'call', actor: { sub: 'alice' } });
  await log.record({ id: 'r2', type: 'call', actor: { sub: 'bob' } });
  const options = {
    dir: join(base, 'audit'),
    encryptionKey,
    subject: ' ALICE ',
    log,
    detail: { basis: 'GDPR 17' },
    now: 1,
  };
  expect(await eraseSubject(options)).toMatchObject({ destroyed: true });
  expect(await eraseSubject(options)).toMatchObject({ destroyed: false });
  await log.record({ id: 'r3', type: 'call', actor: { sub: 'alice' } });
  await log.close('test');
  const reader = await personalReader(join(base, 'audit'), encryptionKey);
  const events = await calls();
  expect(events.map((event) => reader.open(event)['actor.sub'])).toEqual([undefined, 'bob', 'alice']);
  const report = await verifyLog({ dir: join(base, 'audit'), marksDir: join(base, 'marks'), key });
  expect(report.verdict).toBe('ok');
  expect(filesText(base)).not.toContain('ALICE');
  expect(filesText(base)).toContain('GDPR 17');
});

test('two processes that meet the same subject use one key', async () => {
  const [first, second] = [await open(), await open()];
  await first.record({ id: 'r1', type: 'call', actor: { sub: 'alice' } });
  await second.record({ id: 'r2', type: 'call', actor: { sub: 'alice' } });
  await Promise.all([first.close('test'), second.close('test')]);
  const reader = await personalReader(join(base, 'audit'), encryptionKey);
  expect((await calls()).map((event) => reader.open(event)['actor.sub'])).toEqual(['alice', 'alice']);
  expect(readdirSync(join(base, 'audit', 'subjects'))).toHaveLength(1);
});
