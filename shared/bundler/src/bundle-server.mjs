import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, bundledParts, licencesText } from './bundled-packages.mjs';
import { computeDefinitions } from './compute-definitions.mjs';
import { baseOptions } from './esbuild-options.mjs';
import { bundleLibrary, seldomLibraries } from './libraries.mjs';
import { loaderText } from './loader.mjs';
import { onlyUsedSchemas } from './only-used-schemas.mjs';
import { describePackage } from './package-graph.mjs';
import { embeddedListing, withoutAjv, wholeZod } from './plugins.mjs';
import { refuseUnpublishable } from './refuse-unpublishable.mjs';
import { sbomText } from './sbom.mjs';
import { writeCodeCache } from './write-code-cache.mjs';

export { writeCodeCache } from './write-code-cache.mjs';

/** What the core loads only where somebody has installed it. */
const ifInstalled = ['@sentry/node'];

/**
 * @param {{ readonly folder: string }} options
 * @returns {Promise<import('./bundle-server.d.mts').Bundled>}
 */
export async function bundleServer({ folder }) {
  const dist = join(folder, 'dist');
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const drivers = [...new Set([...Object.keys({ ...dependencies, ...peerDependencies }), ...ifInstalled])];
  const { code, map, inputs: ownInputs, libraries } = await bundle(folder, drivers);
  refuseUnpublishable(ownInputs, drivers);
  const apart = await Promise.all([...libraries].map(([name, entry]) => bundleLibrary(name, entry, folder)));
  const inputs = [...ownInputs, ...apart.flatMap((library) => library.inputs)];
  const packages = bundledPackages(inputs, folder);
  const sbom = sbomText(describePackage(folder), { packages, parts: bundledParts(inputs, folder) });

  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  writeFileSync(join(dist, 'cli-code.js'), code);
  writeFileSync(join(dist, 'cli-code.js.map'), map);
  for (const { name, code: library } of apart) writeFileSync(join(dist, `${name}.js`), library);
  writeFileSync(join(dist, 'package.json'), '{"type":"commonjs"}\n');
  writeFileSync(join(dist, 'LICENSES.txt'), licencesText(packages));
  writeFileSync(join(dist, 'sbom.cdx.json'), sbom);
  writeFileSync(join(dist, 'cli.js'), loaderText(digest));
  chmodSync(join(dist, 'cli.js'), 0o755);
  const cache = await writeCodeCache(dist);
  return { dist, packages: packages.map(({ name, version }) => `${name}@${version}`), cache };
}

/**
 * @param {string} folder
 * @param {readonly string[]} drivers
 */
async function bundle(folder, drivers) {
  const definitions = await computeDefinitions(folder, drivers);
  const libraries = seldomLibraries();
  const result = await build({
    ...baseOptions(folder, drivers),
    // Through this line, as the first line of cli.ts itself (#!) would not survive being wrapped.
    stdin: { contents: `import './src/cli.ts';`, resolveDir: folder },
    outfile: join(folder, 'dist', 'cli-code.js'),
    // Names stay: a stack in a log must tell where, and with a code cache shorter ones hardly save anything.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'external',
    sourcesContent: false,
    plugins: [libraries.plugin, embeddedListing(definitions), onlyUsedSchemas, withoutAjv, wholeZod],
  });
  if (result.warnings.length > 0) throw new Error(result.warnings.map(({ text }) => text).join('\n'));
  const file = (/** @type {string} */ ending) =>
    result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  const output = Object.values(result.metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  const inputs = Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
  return { code: file('cli-code.js'), map: file('.map'), inputs, libraries: libraries.found };
}
