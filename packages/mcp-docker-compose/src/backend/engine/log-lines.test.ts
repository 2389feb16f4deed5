import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../model/log.ts';
import { type FrameReader, multiplexedFrames, rawFrames } from './log-frames.ts';
import { lineReader } from './log-lines.ts';

const at = '2026-11-26T10:00:00.000000000Z ';

function frame(stream: 1 | 2, body: string | Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.from(at), Buffer.from(body as string)]);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** Lines of bytes that come in pieces that end anywhere. */
function linesOf(frames: FrameReader, whole: Buffer, cuts: readonly number[]): readonly LogLine[] {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  const reader = lineReader();
  const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
  const found = pieces.flatMap((piece) => frames.push(piece)).concat(frames.rest());
  return [...found.map((one) => reader.add(one)), ...reader.rest()].filter((one) => one !== undefined);
}

const text = fc.string({ unit: fc.constantFrom('a', ' ', '上', 'é', '😀', '\u0001'), maxLength: 20 });

describe('lines of frames', () => {
  it('are the same wherever the pieces end', () => {
    const written = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), text), { maxLength: 20 });
    fc.assert(
      fc.property(written, fc.array(fc.nat()), (lines, cuts) => {
        const whole = Buffer.concat(lines.map(([stream, one]) => frame(stream, `${one}\n`)));
        expect(linesOf(multiplexedFrames(), whole, cuts)).toEqual(
          lines.map(([stream, one]) => ({
            at: Date.UTC(2026, 10, 26, 10),
            stream: stream === 1 ? 'stdout' : 'stderr',
            text: one,
          })),
        );
      }),
    );
  });

  it('come raw from a terminal', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat()), (lines, cuts) => {
        const whole = Buffer.from(lines.map((one) => `${at}${one}\r\n`).join(''));
        expect(linesOf(rawFrames(), whole, cuts).map((line) => line.text)).toEqual(lines);
      }),
    );
  });

  it('are put together of their parts, each stream for itself, and cut at 8 kB between characters', () => {
    const whole = Buffer.concat([
      frame(1, 'one, '),
      frame(2, 'other\n'),
      frame(1, 'two\n'),
      frame(1, '上'.repeat(4000)),
      frame(1, '上\n'),
      frame(2, 'no end'),
    ]);
    const [other, one, long, last] = linesOf(multiplexedFrames(), whole, []);
    expect([other?.text, one?.text, last?.text]).toEqual(['other', 'one, two', 'no end']);
    expect(long?.text).toBe('上'.repeat(2730));
  });

  it('keep what is no UTF-8 as a mark, and the rest', () => {
    const whole = frame(1, Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]));
    expect(linesOf(multiplexedFrames(), whole, [])[0]?.text).toBe('a\ufffd\ufffdb');
  });

  it('are refused in any other form', () => {
    expect(() => multiplexedFrames().push(Buffer.from('HTTP/1.1 200 OK\r\n'))).toThrow('not known');
  });
});
