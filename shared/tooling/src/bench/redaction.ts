import { randomBytes } from 'node:crypto';
import { createRedactor, type Redactor } from '@cinecom/mcp-core/redact';
import type { Figure } from './figure.ts';
import { median } from './median.ts';

const pieceLength = 2048;
const mebibyte = 1024 * 1024;
/** Characters and beginnings of secrets that tempt a pattern to look again and again. */
const tempting = [
  'a',
  ' ',
  '=',
  ':',
  '"',
  '\\',
  '-',
  '/',
  '@',
  '0',
  '５',
  'eyJ',
  'AKIA',
  'ghp_',
  'password=',
  'postgres://',
  '-----BEGIN ',
  'xox',
];

/** Redaction speed on clean log lines, and on text made to be slow. */
export async function redactionFigures(): Promise<readonly Figure[]> {
  const redactor = createRedactor({
    secrets: Array.from({ length: 10 }, () => randomBytes(24).toString('base64url')),
    env: {},
    pii: { cards: 'mask', myNumber: 'mask', mail: 'off', phone: 'off' },
    tagKey: randomBytes(32),
  });
  const clean = cleanPieces(8 * mebibyte);
  const rates: number[] = [];
  for (let round = 0; round < 5; round += 1) rates.push(await megabytesPerSecond(redactor, clean));
  const slowest = { ms: 0, text: '' };
  const steepest = { growth: 0, text: '' };
  for (const text of tempting) {
    const ms = await timed(redactor, repeated(text, mebibyte));
    const growth =
      (await timed(redactor, repeated(text, 8 * mebibyte))) / (await timed(redactor, repeated(text, 4 * mebibyte)));
    if (ms > slowest.ms) Object.assign(slowest, { ms, text });
    if (growth > steepest.growth) Object.assign(steepest, { growth, text });
  }
  return [
    {
      name: 'redaction: clean log lines',
      value: median(rates),
      unit: 'MB/s',
      target: { atLeast: 50 },
      how: 'median of 5 passes over 8 MiB in 2 KB pieces, 10 known secrets',
    },
    {
      name: 'redaction: 1 MiB of one repeated text, slowest',
      value: slowest.ms,
      unit: 'ms',
      target: { atMost: 100 },
      how: `${tempting.length} texts, fastest of 7 each, slowest ${JSON.stringify(slowest.text)}`,
    },
    {
      name: 'redaction: time for twice the input',
      value: steepest.growth,
      unit: '×',
      target: { atMost: 2.3 },
      how: `worst of the same texts, 8 MiB against 4 MiB: ${JSON.stringify(steepest.text)}`,
    },
  ];
}

async function megabytesPerSecond(redactor: Redactor, pieces: readonly string[]): Promise<number> {
  const began = performance.now();
  let size = 0;
  for (const piece of pieces) {
    await redactor.text(piece);
    size += piece.length;
  }
  return size / 1e6 / ((performance.now() - began) / 1000);
}

/** At most `length` characters, so that the largest still is within the limit of the redactor. */
function repeated(text: string, length: number): string {
  return text.repeat(Math.floor(length / text.length));
}

/** Fastest of seven: the collector and other processes only ever add. */
async function timed(redactor: Redactor, text: string): Promise<number> {
  let fastest = Infinity;
  for (let round = 0; round < 7; round += 1) {
    const began = performance.now();
    await redactor.text(text);
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}

function cleanPieces(size: number): readonly string[] {
  const lines: string[] = [];
  for (let index = 0, length = 0; length < size; index += 1) {
    const line = `2026-11-25T04:${pad(index % 60)}:${pad((index * 7) % 60)}.${index % 1000}Z INFO movie-service request ${index} GET /movies/${index % 997}/screenings 200 ${(index * 13) % 400} ms 上映一覧`;
    lines.push(line);
    length += line.length + 1;
  }
  const text = lines.join('\n');
  return Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, index) =>
    text.slice(index * pieceLength, (index + 1) * pieceLength),
  );
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
