import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository's root folder. */
export const root: string = resolve(import.meta.dirname, '../../..');

/** Folder names under `packages/`: the servers that exist so far. */
export function serverNames(): readonly string[] {
  return folders(join(root, 'packages'));
}

/** Every workspace folder, relative to the root: `packages/mcp-x`, `shared/core`, `examples/y`. */
export function workspaceFolders(): readonly string[] {
  return ['packages', 'shared', 'examples'].flatMap((group) =>
    folders(join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json'))),
  );
}

/** Workspace folders of what is published. */
export function publishedFolders(): readonly string[] {
  return workspaceFolders().filter(
    (folder) => !(JSON.parse(read(`${folder}/package.json`)) as { private?: boolean }).private,
  );
}

/** TypeScript sources below a folder, tests included, as paths relative to the root. */
export function sources(folder: string): readonly string[] {
  const start = join(root, folder, 'src');
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/src/${name.replaceAll('\\', '/')}`)
    .toSorted();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

function folders(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}
