/** The namespace of modules that exist only in the bundle. */
const made = 'made-by-the-bundler';

/**
 * Leaves out the SDK's JSON Schema validator (300 kB): the core hands it one of its own.
 *
 * @type {import('esbuild').Plugin}
 */
export const withoutAjv = {
  name: 'without-ajv',
  setup(build) {
    build.onResolve({ filter: /\/ajvProvider-[^/]*\.mjs$/ }, () => ({ path: 'no-validator', namespace: made }));
    build.onLoad({ filter: /^no-validator$/, namespace: made }, () => ({
      // The SDK imports the class by a name that its own build shortens, so every short name is answered.
      contents: `class NoValidator { getValidator() { throw new Error('no JSON Schema validator is bundled'); } }
export { ${'abcdefghijklmnopqrstuvwxyz'.replaceAll(/./g, 'NoValidator as $&, ')} };`,
    }));
  },
};

/**
 * Keeps the initialisation of zod, which esbuild drops when only modules that load later reach it.
 *
 * @type {import('esbuild').Plugin}
 */
export const wholeZod = {
  name: 'whole-zod',
  setup(build) {
    build.onResolve({ filter: /^zod(\/v4)?$/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === made) return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: made });
      return found.errors.length > 0 ? found : { path: found.path, sideEffects: true };
    });
  },
};

/**
 * Gives the server that `cli.ts` runs its computed definitions, so that listing evaluates no tool module.
 *
 * @param {readonly unknown[]} definitions
 * @returns {import('esbuild').Plugin}
 */
export function embeddedListing(definitions) {
  return {
    name: 'embedded-listing',
    setup(build) {
      build.onResolve({ filter: /^\.\/server\.ts$/ }, ({ importer, resolveDir, namespace }) =>
        namespace === 'file' && /[\\/]src[\\/]cli\.ts$/.test(importer)
          ? { path: 'listed-server', namespace: made, pluginData: resolveDir }
          : undefined,
      );
      build.onLoad({ filter: /^listed-server$/, namespace: made }, ({ pluginData }) => ({
        // As text: an object literal would be compiled and kept beside the copy that is answered.
        contents: `import { server as plain } from './server.ts';
export const server = { ...plain, listing: () => JSON.parse(${JSON.stringify(JSON.stringify(definitions))}) };`,
        resolveDir: pluginData,
      }));
    },
  };
}
