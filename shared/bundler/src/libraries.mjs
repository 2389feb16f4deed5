import { build } from 'esbuild';
import { baseOptions } from './esbuild-options.mjs';

/** Libraries that most runs never evaluate: each becomes a file of its own, so that start-up does not read them. */
const seldom = /^(age-encryption|croner|jose|prom-client|yaml)$/;

/**
 * Leaves the seldom used libraries out of the main file, which then asks for `./<name>.js`.
 *
 * @returns {{ readonly plugin: import('esbuild').Plugin, readonly found: ReadonlyMap<string, string> }} found: name → entry file
 */
export function seldomLibraries() {
  /** @type {Map<string, string>} */
  const found = new Map();
  return {
    found,
    plugin: {
      name: 'seldom-libraries',
      setup(build) {
        build.onResolve({ filter: seldom }, async ({ path, kind, importer, resolveDir, pluginData }) => {
          if (pluginData === seldom || kind !== 'dynamic-import') return undefined;
          const { path: entry, errors } = await build.resolve(path, { kind, importer, resolveDir, pluginData: seldom });
          if (errors.length > 0) return { errors };
          found.set(path, entry);
          return { path: `./${path}.js`, external: true };
        });
      },
    },
  };
}

/**
 * One library, and all that it needs, as one file.
 *
 * @param {string} name
 * @param {string} entry
 * @param {string} folder of the package that is bundled
 */
export async function bundleLibrary(name, entry, folder) {
  const { outputFiles, metafile } = await build({
    ...baseOptions(folder, []),
    entryPoints: [entry],
    outfile: `${name}.js`,
    minifyWhitespace: true,
    minifySyntax: true,
  });
  return { name, code: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}
