import { cp, mkdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleMcpb } from './pack/bundle-mcpb.ts';
import { artifactName, packPackage } from './pack/pack-package.ts';
import { writeCaches } from './pack/write-caches.ts';
import { publishedFolders, root } from './repository.ts';

// `npm run pack`: everything that is released, into one folder: a tarball a package; of a server also its MCP bundle and its
// list of components. `--node 22` adds the code cache of that Node to the one of this Node; it may be given several times.
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist') },
    node: { type: 'string', multiple: true, default: [] },
  },
});
const out = resolve(values.out);
await mkdir(out, { recursive: true });

async function packServer(folder: string): Promise<readonly string[]> {
  await writeCaches(folder, values.node);
  const tarball = await packPackage(folder, out);
  const components = join(out, `${artifactName(folder)}.cdx.json`);
  await cp(join(root, folder, 'dist/sbom.cdx.json'), components);
  return [tarball, await bundleMcpb(folder, tarball, out), components];
}

for (const folder of publishedFolders()) {
  const made = folder.startsWith('packages/') ? await packServer(folder) : [await packPackage(folder, out)];
  for (const path of made) {
    const { size } = await stat(path);
    console.log(`${(size / 1000).toFixed(0).padStart(6)} kB  ${basename(path)}`);
  }
}
