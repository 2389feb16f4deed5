import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplyReader, encodeCommand, type Reply, ReplyError } from './resp.ts';

/** As a server writes it. */
function written(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if (reply instanceof ReplyError) return `-${reply.text}\r\n`;
  return `*${reply.length}\r\n${reply.map(written).join('')}`;
}

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.maxSafeInteger(),
  fc.constant(null),
  fc.stringMatching(/^[A-Z]{1,9} [a-z ]{0,20}$/).map((text) => new ReplyError(text)),
);
const anyReply: fc.Arbitrary<Reply> = fc.oneof(scalar, fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))));

/** Chunks of these sizes, then the rest. */
function cut(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  let at = 0;
  const chunks = sizes.map((size) => bytes.subarray(at, (at += size)));
  return [...chunks, bytes.subarray(at)].filter((chunk) => chunk.length > 0);
}

describe('replies', () => {
  it('are the same wherever the network cuts them', () => {
    fc.assert(
      fc.property(fc.array(anyReply, { maxLength: 6 }), fc.array(fc.nat(30), { maxLength: 40 }), (replies, sizes) => {
        const read = createReplyReader();
        const bytes = Buffer.from(replies.map(written).join(''));
        expect(cut(bytes, sizes).flatMap((chunk) => read(chunk))).toEqual(replies);
      }),
    );
  });

  it('that are none end in a RangeError or wait for more, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: fc.constantFrom('+', '-', ':', '$', '*', '0', '1', '9', '\r', '\n', '\r\n'), maxLength: 60 }),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          createReplyReader()(Buffer.from(given as Uint8Array));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it.each([
    ['too long', '$65537\r\n'],
    ['too many', '*4097\r\n'],
    ['a negative length', '$-2\r\n'],
    ['a negative count', '*-2\r\n'],
    ['no number', '$1e3\r\n'],
    ['a number no double holds', ':9999999999999999\r\n'],
    ['nested too deep', '*1\r\n'.repeat(5)],
    ['longer than it says', '$1\r\nab\r\n'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a line without end', `+${'a'.repeat(65_537)}`],
    ['parts without end', `*4096\r\n${'+aaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4000)}`],
  ])('are refused: %s', (_what, text) => {
    expect(() => createReplyReader()(Buffer.from(text))).toThrow(RangeError);
  });
});

describe('a command', () => {
  it('carries any bytes of its arguments as data', () => {
    expect(encodeCommand(['SET', 'a\r\nFLUSHALL\r\n', 'é']).toString()).toBe(
      '*3\r\n$3\r\nSET\r\n$13\r\na\r\nFLUSHALL\r\n\r\n$2\r\né\r\n',
    );
  });
});
