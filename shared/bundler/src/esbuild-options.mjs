/**
 * What every build here shares.
 *
 * Dynamic imports become `require`, also of drivers: code that runs from a code cache has no `import()`, and Node ≥20.19
 * loads ESM packages by `require` too.
 *
 * @param {string} folder
 * @param {readonly string[]} external
 * @returns {import('esbuild').BuildOptions & { readonly metafile: true, readonly write: false }}
 */
export function baseOptions(folder, external) {
  return {
    absWorkingDir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    conditions: ['@cinecom/source'],
    supported: { 'dynamic-import': false },
    external: [...external],
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
    write: false,
  };
}
