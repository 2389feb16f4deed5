import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '@anthropic-ai/mcpb';
import { root } from '../repository.ts';
import { installTarballs } from './install-packed.ts';
import { lockedComponents, overridesFor, unknownPackages } from './locked-components.ts';
import { artifactName } from './pack-package.ts';

const npmRecord = 'node_modules/.package-lock.json';

/**
 * Makes the MCP bundle of a server: its manifest, and the package with its production dependencies as npm installs them,
 * in exactly the versions and bytes that its list of components names.
 *
 * @param folder of the package, relative to the root
 * @param tarball that was packed of it
 * @param out folder for the bundle
 * @returns its path
 * @throws Error when the manifest is not valid, or npm installed anything else
 */
export async function bundleMcpb(folder: string, tarball: string, out: string): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'cinecom-mcpb-'));
  try {
    await installLocked(folder, tarball, stage);
    // npm's own record names the tarball by its path on this machine.
    await Promise.all(['package.json', 'package-lock.json', npmRecord].map((name) => rm(join(stage, name))));
    await cp(join(root, folder, 'manifest.json'), join(stage, 'manifest.json'));
    const bundle = join(out, `${artifactName(folder)}.mcpb`);
    const packed = await packExtension({ extensionPath: stage, outputPath: bundle, silent: true });
    if (!packed) throw new Error(`${folder}: no MCP bundle could be made of its manifest.json`);
    return bundle;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function installLocked(folder: string, tarball: string, stage: string): Promise<void> {
  const locked = lockedComponents(folder);
  const manifest = { private: true, overrides: overridesFor(locked) };
  await writeFile(join(stage, 'package.json'), JSON.stringify(manifest));
  await installTarballs([tarball], stage);
  const unknown = unknownPackages(await readFile(join(stage, npmRecord), 'utf8'), locked);
  if (unknown.length > 0) throw new Error(`${folder}: npm installed what is not locked: ${unknown.join(', ')}`);
}
