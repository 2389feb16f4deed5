import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';
import { root } from '../repository.ts';

/** A generated file: path relative to the root, and its whole content. */
export interface Generated {
  readonly path: string;
  readonly content: string;
}

/** The same files laid out as the formatter of the repository lays them out. */
export async function formatted(files: readonly Generated[]): Promise<readonly Generated[]> {
  return Promise.all(
    files.map(async ({ path, content }) => {
      const filepath = join(root, path);
      const { inferredParser } = await getFileInfo(filepath);
      if (inferredParser === null) return { path, content };
      return { path, content: await format(content, { ...(await resolveConfig(filepath)), filepath }) };
    }),
  );
}

/** Generated files whose content on disk differs. */
export function outdated(files: readonly Generated[]): readonly Generated[] {
  return files.filter(
    ({ path, content }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content,
  );
}

export function write(files: readonly Generated[]): void {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
