/** What was written, for whoever prints or tests it. */
export interface Bundled {
  /** Folder of the published files. */
  readonly dist: string;
  /** Third-party packages whose code is inside, as `name@version`, sorted. */
  readonly packages: readonly string[];
  /** Name of the code cache in `dist`. */
  readonly cache: string;
}

/**
 * Bundles a server package: `src/cli.ts` and all it reaches but the package's own `dependencies`, into `dist/`.
 *
 * @param folder the package's folder; its `src/server.ts` exports `server`, its `src/cli.ts` runs it
 * @throws Error when esbuild warns, when something entered that is never published, or when the bundle does not answer
 */
export function bundleServer(options: { readonly folder: string }): Promise<Bundled>;

/**
 * Writes the code cache of a bundle for the Node that runs this, beside those of other versions.
 *
 * @returns the name of the file
 */
export function writeCodeCache(dist: string): Promise<string>;
