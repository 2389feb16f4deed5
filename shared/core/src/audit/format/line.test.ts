import { createHmac, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineMac } from '../keys/hmac.ts';
import type { AuditEvent } from '../types.ts';
import { serialiseEvent } from './event.ts';
import { leafHash, sha256 } from './hash.ts';
import { maxLineBytes } from './limits.ts';
import { formatLine, macRange, parseLine } from './line.ts';
import { createUlid } from './ulid.ts';

const writer = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const parts = { writer, n: 7, t: 1_700_000_000_000, k: 'abcdef01', p: 'A'.repeat(43) };
const event: AuditEvent = {
  id: 'one',
  type: 'call',
  detail: 1,
  args: { b: 1, a: ',"m":"' },
  outcome: { code: 'timeout', result: 'failure' },
  actor: { os_user: 'root', sub: 'alice' },
};

test('a line has exactly these bytes', () => {
  const bytes = formatLine(parts, serialiseEvent(event), undefined);
  expect(bytes.toString()).toBe(
    `\0{"v":1,"w":"${writer}","n":7,"t":1700000000000,"k":"abcdef01","p":"${'A'.repeat(43)}",` +
      '"e":{"id":"one","type":"call","actor":{"sub":"alice","os_user":"root"},' +
      '"outcome":{"result":"failure","code":"timeout"},"args":{"b":1,"a":",\\"m\\":\\""},"detail":1},"m":""}\n',
  );
});

test('the MAC covers every byte before its own field, and the hash is the leaf of the raw line', () => {
  const key = randomBytes(32);
  const mac = new LineMac(key);
  const bytes = formatLine(parts, serialiseEvent(event), (covered) => mac.mac(covered));
  const line = bytes.subarray(1, -1);
  const text = line.toString();
  const covered = text.slice(0, text.lastIndexOf(',"m":'));
  const record = parseLine(line, true);
  expect(record?.m).toBe(createHmac('sha256', key).update(covered).digest().subarray(0, 16).toString('base64url'));
  expect(Buffer.from(macRange(line, 22)).toString()).toBe(covered);
  expect(sha256(bytes.subarray(0, -1))).toBe(leafHash(line));
});

test('every event reads back as it was, whatever its strings hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }), (args, id) => {
      fc.pre(id.length < 128);
      const line = formatLine(parts, serialiseEvent({ id, type: 'call', args }), undefined).subarray(1, -1);
      const record = parseLine(line, true);
      expect(line.includes(0x0a)).toBe(false);
      expect(record?.event.args).toEqual(JSON.parse(JSON.stringify(args)));
      expect(record).toMatchObject({ writer, n: 7, p: parts.p, m: '' });
    }),
  );
});

test('white space, duplicate keys, byte order marks, other escapes and invalid UTF-8 are no record', () => {
  const text = formatLine(parts, '{"id":"a","type":"call","args":{"x":"y"}}', undefined).subarray(1, -1).toString();
  const damaged = [
    `\ufeff${text}`,
    `${text} `,
    `${text}\r`,
    text.replace('"x":"y"', '"x": "y"'),
    text.replace('"x":"y"', '"x":"z","x":"y"'),
    text.replace('"id":"a"', '"id":"b","id":"a"'),
    text.replace('"y"', '"\\u0079"'),
    text.replace('"v":1', '"v":2'),
    text.replace('"n":7', '"n":07'),
    `${text}${text}`,
  ];
  expect(parseLine(Buffer.from(text), true)).toBeDefined();
  expect(damaged.filter((line) => parseLine(Buffer.from(line), true) !== undefined)).toEqual([]);
  expect(parseLine(Buffer.from(text.replace('"y"', '"\xff"'), 'latin1'), true)).toBeUndefined();
});

test('an event too large for a line keeps its small parts, and the digest of the large ones', () => {
  const json = serialiseEvent({ ...event, args: { text: 'ゆ'.repeat(60_000) }, plan: 'p' });
  const line = formatLine(parts, json, undefined);
  expect(line.length - 2).toBeLessThanOrEqual(maxLineBytes);
  expect(parseLine(line.subarray(1, -1), true)?.event).toMatchObject({
    id: 'one',
    plan: 'p',
    actor: { sub: 'alice' },
    args: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, bytes: 180_011 },
  });
});

test('no event of any size makes a line longer than 60 KiB', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80_000 }),
      fc.integer({ min: 0, max: 80_000 }),
      fc.constantFrom('a', '\u0001', '😀'),
      (idLength, length, letter) => {
        const long = letter.repeat(length);
        const json = serialiseEvent({
          id: letter.repeat(idLength),
          type: 'call',
          actor: { sub: long },
          plan: long,
          target: [{ type: long, id: long }],
          args: long,
        });
        expect(formatLine(parts, json, undefined).length - 2).toBeLessThanOrEqual(maxLineBytes);
      },
    ),
    { numRuns: 50 },
  );
});

test('writer ids sort by time', () => {
  expect(createUlid(1_469_918_176_385).slice(0, 10)).toBe('01ARYZ6S41');
  expect(createUlid(1) < createUlid(2)).toBe(true);
  expect(createUlid(5)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});
