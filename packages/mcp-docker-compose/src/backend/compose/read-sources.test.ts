import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSources } from './read-sources.ts';

const { signal } = new AbortController();

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinecom-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

it('finds included and extended files, each once, in the order in which they override', async () => {
  const folder = folderWith({
    'app/compose.yml':
      'include: [{ path: ../db/compose.yml }, https://example.com/x.git]\nservices:\n  a:\n    extends: { service: b, file: ../base/one.yml }\n',
    'app/override.yml': 'services: { a: { image: x } }\n',
    'db/compose.yml': 'include: [../app/compose.yml]\nservices: { db: { image: y } }\n',
    'base/one.yml': 'services:\n  b: { extends: { service: c, file: two.yml } }\n',
    'base/two.yml': 'services: { c: { extends: { service: b, file: one.yml } } }\n',
  });
  const project = join(folder, 'app');
  const sources = await readSources(
    { folder: project, files: [join(project, 'compose.yml'), join(project, 'override.yml')] },
    signal,
  );
  expect(sources.map(({ path, isOnlyExtended }) => [path, isOnlyExtended])).toEqual([
    ['../base/one.yml', true],
    ['../base/two.yml', true],
    ['../db/compose.yml', false],
    ['compose.yml', false],
    ['override.yml', false],
  ]);
  expect(sources.at(-1)?.text).toContain('image: x');
});

it('reads broken files too, leaves out what is not there, and says which of the settings cannot be read', async () => {
  const folder = folderWith({ 'a.yml': 'services: [*gone', 'b.yml': 'include: [gone.yml]\n' });
  const [a, b, gone] = ['a.yml', 'b.yml', 'gone.yml'].map((name) => join(folder, name)) as [string, string, string];
  expect((await readSources({ folder, files: [a, b] }, signal)).map(({ path }) => path)).toEqual(['a.yml', 'b.yml']);
  await expect(readSources({ folder, files: [gone] }, signal)).rejects.toMatchObject({ code: 'not_configured' });
});

it('refuses a file that is no Compose file by its size', async () => {
  const folder = folderWith({ 'a.yml': '#'.repeat(1024 * 1024 + 1) });
  await expect(readSources({ folder, files: [join(folder, 'a.yml')] }, signal)).rejects.toMatchObject({
    code: 'too_large',
  });
});
