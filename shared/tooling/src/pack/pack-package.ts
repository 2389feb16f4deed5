import { basename, join } from 'node:path';
import { read, root } from '../repository.ts';
import { runToSuccess } from '../run-program.ts';

/**
 * Makes the tarball that is published of a built package, with the versions that `workspace:` and `catalog:` stand for.
 *
 * @param folder relative to the root: `packages/mcp-x`
 * @param out folder for the tarball
 * @returns its path
 */
export async function packPackage(folder: string, out: string): Promise<string> {
  const pnpm = join(root, 'node_modules/.bin/pnpm');
  await runToSuccess(pnpm, ['pack', '--pack-destination', out], { cwd: join(root, folder) });
  return join(out, `${artifactName(folder)}.tgz`);
}

/** Name of what is made of a package, without ending: `cinecom-mcp-x-1.2.3`. */
export function artifactName(folder: string): string {
  const { name, version } = JSON.parse(read(`${folder}/package.json`)) as { name: string; version: string };
  return basename(`${name.replace(/^@/, '').replace('/', '-')}-${version}`);
}
