import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../define/plan.ts';
import { isToolError } from '../errors/tool-error.ts';
import { openState, type State } from './state.ts';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealed-'));
});
afterAll(() => rm(root, { recursive: true }));

const key = randomBytes(32);

function openIn(folder: string, secret: Buffer | undefined): State {
  return openState({
    folder,
    clock: { now: () => 0 },
    cacheTtlMs: undefined,
    evidence: async () => 'record-1',
    ...(secret === undefined ? {} : { sealingKey: async () => secret }),
  });
}

function world() {
  const folder = join(root, String((folders += 1)));
  return { folder, pathOf: (name: string) => join(folder, 'store', `${name}.json`) };
}

async function refusalOf(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: unknown) => (isToolError(error) ? { code: error.code, text: `${error.message} ${error.hint}` } : error),
  );
}

describe('a sealed store', () => {
  it('gives back what was written, also to another process with the key, and shows nothing of it on disk', async () => {
    const { folder, pathOf } = world();
    await openIn(folder, key).sealed.write('snapshot', { env: ['TOKEN=fifteen-dragons'], 題名: '夜明け' });
    expect(await openIn(folder, key).sealed.read('snapshot')).toEqual({
      env: ['TOKEN=fifteen-dragons'],
      題名: '夜明け',
    });
    expect(await readFile(pathOf('snapshot'), 'utf8')).not.toMatch(/TOKEN|dragons|夜明け/);
    expect((await stat(pathOf('snapshot'))).mode & 0o777).toBe(0o600);
    expect(await openIn(folder, key).sealed.read('nothing')).toBeUndefined();
  });

  it('gives back any value, and never writes the same bytes twice', async () => {
    const { folder, pathOf } = world();
    const { sealed } = openIn(folder, key);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const written = JSON.parse(JSON.stringify(value)) as Json;
        await sealed.write('any', written);
        const first = await readFile(pathOf('any'), 'utf8');
        expect(await sealed.read('any')).toEqual(written);
        await sealed.write('any', written);
        expect(await readFile(pathOf('any'), 'utf8')).not.toBe(first);
      }),
      { numRuns: 30 },
    );
  });

  it('reads what was written before there was a key, and seals it with the next write', async () => {
    const { folder, pathOf } = world();
    await openIn(folder, undefined).sealed.write('snapshot', ['plain']);
    expect(JSON.parse(await readFile(pathOf('snapshot'), 'utf8'))).toEqual(['plain']);
    const { sealed } = openIn(folder, key);
    expect(await sealed.read('snapshot')).toEqual(['plain']);
    await sealed.write('snapshot', ['plain', 'more']);
    expect(await readFile(pathOf('snapshot'), 'utf8')).not.toContain('plain');
    expect(await sealed.read('snapshot')).toEqual(['plain', 'more']);
  });

  it('says which setting is missing or wrong', async () => {
    const { folder } = world();
    await openIn(folder, key).sealed.write('snapshot', [1]);
    for (const [secret, why] of [
      [undefined, 'MCP_ENCRYPTION_KEY is not set'],
      [randomBytes(32), 'MCP_ENCRYPTION_KEY is another one now'],
    ] as const) {
      expect(await refusalOf(openIn(folder, secret).sealed.read('snapshot'))).toMatchObject({
        code: 'not_configured',
        text: expect.stringContaining(why) as string,
      });
    }
  });

  it('takes neither a changed byte nor the file of another name', async () => {
    const { folder, pathOf } = world();
    const { sealed } = openIn(folder, key);
    await sealed.write('a', { value: 'a' });
    const whole = JSON.parse(await readFile(pathOf('a'), 'utf8')) as { readonly data: string };
    const bytes = Buffer.from(whole.data, 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await writeFile(pathOf('a'), JSON.stringify({ ...whole, data: changed.toString('base64') }));
      expect(await refusalOf(sealed.read('a'))).toMatchObject({
        code: 'state_unavailable',
        text: expect.stringContaining('MCP_ENCRYPTION_KEY') as string,
      });
    }
    await writeFile(pathOf('a'), JSON.stringify({ ...whole, data: bytes.subarray(0, 20).toString('base64') }));
    expect(await refusalOf(sealed.read('a'))).toMatchObject({ code: 'state_unavailable' });
    await writeFile(pathOf('a'), JSON.stringify(whole));
    expect(await sealed.read('a')).toEqual({ value: 'a' });
    await rename(pathOf('a'), pathOf('b'));
    expect(await refusalOf(sealed.read('b'))).toMatchObject({ code: 'state_unavailable' });
  });
});
