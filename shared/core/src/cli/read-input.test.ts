import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readInput } from './read-input.ts';

describe('standard input', () => {
  const never = new AbortController().signal;

  it('is taken whole, also where a character is cut', async () => {
    const input = new PassThrough();
    const reading = readInput(input, never);
    const bytes = Buffer.from('{"a":"é"}');
    input.write(bytes.subarray(0, 7));
    input.end(bytes.subarray(7));
    expect(await reading).toBe('{"a":"é"}');
  });

  it('is refused when it does not end', async () => {
    const input = new PassThrough();
    const reading = readInput(input, never);
    input.write(Buffer.alloc(1024 * 1024 + 1));
    await expect(reading).rejects.toMatchObject({ code: 'too_large' });
  });

  it('is not waited for once the command is interrupted', async () => {
    const ending = new AbortController();
    const reading = readInput(new PassThrough(), ending.signal);
    ending.abort();
    await expect(reading).rejects.toThrow('aborted');
  });
});
