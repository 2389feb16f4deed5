import { read } from '../repository.ts';

/** A third-party package as the lock file has it, with which everything was tested. */
export interface LockedComponent {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of its tarball, as npm writes it. */
  readonly integrity: string;
}

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** What the list of components of a built server names, but for packages of this repository. */
export function lockedComponents(folder: string): readonly LockedComponent[] {
  const { components } = JSON.parse(read(`${folder}/dist/sbom.cdx.json`)) as { components: readonly Component[] };
  return components.flatMap(({ group, name, version, hashes = [] }) =>
    hashes.map(({ content }) => ({
      name: group === undefined ? name : `${group}/${name}`,
      version,
      integrity: `sha512-${Buffer.from(content, 'hex').toString('base64')}`,
    })),
  );
}

/** `overrides` for npm; a package that is there in several versions is left to npm. */
export function overridesFor(locked: readonly LockedComponent[]): Readonly<Record<string, string>> {
  const once = locked.filter(({ name }) => locked.filter((other) => other.name === name).length === 1);
  return Object.fromEntries(once.map(({ name, version }) => [name, version]));
}

/**
 * What npm installed from a registry that the lock file does not have, byte for byte.
 *
 * @param record npm's own, `node_modules/.package-lock.json`
 * @returns as `name@version`
 */
export function unknownPackages(record: string, locked: readonly LockedComponent[]): readonly string[] {
  const { packages } = JSON.parse(record) as {
    packages: Readonly<
      Record<string, { readonly version: string; readonly resolved?: string; readonly integrity?: string }>
    >;
  };
  const known = new Set(locked.map(({ name, version, integrity }) => `${name}@${version} ${integrity}`));
  return Object.entries(packages)
    .filter(([, { resolved }]) => resolved?.startsWith('file:') !== true)
    .map(([path, { version, integrity }]) => ({ id: `${path.replace(/^.*node_modules\//, '')}@${version}`, integrity }))
    .filter(({ id, integrity }) => !known.has(`${id} ${integrity}`))
    .map(({ id }) => id);
}
