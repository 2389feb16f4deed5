import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readArguments } from './arguments.ts';

const input = z.strictObject({
  limit: z.int().default(10),
  checks: z.array(z.string()).optional(),
  pids: z.array(z.int()).optional(),
  deep: z.boolean().default(false),
  where: z.object({ a: z.number() }).optional(),
  sql: z.string().optional(),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'args-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
const read = (words: readonly string[], given?: string, piped = '') =>
  readArguments(words, given, input, { cwd: folder, env: {}, readInput: async () => piped });

describe('readArguments', () => {
  it('reads words by the schema of the tool', async () => {
    const words = [
      'limit=5',
      'checks=a,b',
      'checks=c',
      'pids=[1,2]',
      'deep=yes',
      'where={"a":1}',
      'sql=select 1, 2 = 2',
      'x=1',
    ];
    expect(await read(words)).toEqual({
      limit: 5,
      checks: ['a', 'b', 'c'],
      pids: [1, 2],
      deep: true,
      where: { a: 1 },
      sql: 'select 1, 2 = 2',
      x: '1',
    });
  });

  it('leaves what does not convert to the schema of the pipeline', async () => {
    expect(await read(['limit=many', 'deep=perhaps', 'where={'])).toEqual({
      limit: 'many',
      deep: 'perhaps',
      where: '{',
    });
  });

  it('takes an object from --args, a file or standard input, and lets words win', async () => {
    await writeFile(join(folder, 'args.json'), '{"limit": 7}');
    expect(await read(['deep=true'], '{"limit": 6}')).toEqual({ limit: 6, deep: true });
    expect(await read([], '@args.json')).toEqual({ limit: 7 });
    expect(await read(['limit=9'], '-', '{"limit": 8}')).toEqual({ limit: 9 });
  });

  it('refuses what is no object, no key=value, or twice, without quoting it', async () => {
    const word = ['hunter', '2rosebud'].join('');
    for (const attempt of [
      () => read([], `{"sql": "${word}`),
      () => read([], '[1]'),
      () => read([], '@gone.json'),
      () => read([word]),
      () => read([`sql=${word}`, `sql=${word}`]),
    ]) {
      const error: unknown = await attempt().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'invalid_input' });
      expect(String(error)).not.toContain(word);
    }
  });

  it('takes a one-time password from a file or a pipe, never from the command line', async () => {
    await expect(read(['approval=123456'])).rejects.toThrow(/may not stand on the command line/);
    await expect(read([], '{"approval": "123456"}')).rejects.toThrow(/may not stand on the command line/);
    expect(await read([], '-', '{"approval": "123456"}')).toEqual({ approval: '123456' });
  });
});
