import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read } from '../repository.ts';
import { runToSuccess } from '../run-program.ts';
import { packPackage } from './pack-package.ts';

/** A package as a user has it: installed by npm from its tarball. */
export interface Installed extends AsyncDisposable {
  /** Held nothing before; `node_modules` is in it. */
  readonly folder: string;
  /** Root of the installed package. */
  readonly packageFolder: string;
  /** Path of the JavaScript file behind its commands; of a package without a command that of its manifest's folder. */
  readonly bin: string;
}

/**
 * Packs a built package and installs it in an empty temporary folder, without running any install script.
 *
 * @param folder relative to the root: `packages/mcp-x`
 */
export async function installPacked(folder: string): Promise<Installed> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'cinecom-packed-')));
  try {
    const tarball = await packPackage(folder, join(home, 'tarballs'));
    const into = join(home, 'project');
    await installTarballs([tarball], into);
    const { name, bin = {} } = JSON.parse(read(`${folder}/package.json`)) as {
      name: string;
      bin?: Record<string, string>;
    };
    const packageFolder = join(into, 'node_modules', name);
    return {
      folder: into,
      packageFolder,
      bin: join(packageFolder, Object.values(bin)[0] ?? ''),
      [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** Installs tarballs and what they depend on, as npm does for a user who allows no install script. */
export async function installTarballs(tarballs: readonly string[], folder: string): Promise<void> {
  const flags = '--omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error'.split(' ');
  await runToSuccess('npm', ['install', '--prefix', folder, ...flags, ...tarballs]);
}
