import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '@anthropic-ai/mcpb';
import { root } from '../repository.ts';
import { installTarballs } from './install-packed.ts';
import { artifactName } from './pack-package.ts';

/**
 * Makes the MCP bundle of a server: its manifest, and the package with its production dependencies as npm installs them.
 *
 * @param folder of the package, relative to the root
 * @param tarball that was packed of it
 * @param out folder for the bundle
 * @returns its path
 * @throws Error when the manifest is not valid
 */
export async function bundleMcpb(folder: string, tarball: string, out: string): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'cinecom-mcpb-'));
  try {
    await installTarballs([tarball], stage);
    // npm's own record names the tarball by its path on this machine.
    await Promise.all(
      ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'].map((name) => rm(join(stage, name))),
    );
    await cp(join(root, folder, 'manifest.json'), join(stage, 'manifest.json'));
    const bundle = join(out, `${artifactName(folder)}.mcpb`);
    const packed = await packExtension({ extensionPath: stage, outputPath: bundle, silent: true });
    if (!packed) throw new Error(`${folder}: no MCP bundle could be made of its manifest.json`);
    return bundle;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
