import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const staticImport = /^(?:import|export) (?!type )[^;]*? from '([^']+)';$/gms;

/** Every source file with the modules it evaluates when it is evaluated itself. */
async function imports(): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = (await readdir(source, { recursive: true })).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const read = async (file: string): Promise<[string, string[]]> => {
    const text = await readFile(join(source, file), 'utf8');
    return [file, [...text.matchAll(staticImport)].map(([, module = '']) => module)];
  };
  return new Map(await Promise.all(files.map(read)));
}

test('nothing of HTTP is evaluated before --transport http, and jose not before the first OAuth token', async () => {
  const all = await imports();
  const outside = [...all].filter(([file]) => !file.startsWith('serve/http/') && !file.startsWith('testing/'));
  expect(outside.length).toBeGreaterThan(100);
  expect(outside.filter(([, modules]) => modules.some((module) => /(?:^|\/)http\//.test(module)))).toEqual([]);
  expect([...all].filter(([, modules]) => modules.includes('jose'))).toEqual([]);
  expect(all.get('serve/http/start-server.ts')).toContain('./mcp-endpoint.ts');
});
