import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {{ readonly root: string, readonly name: string, readonly version: string, readonly licence: string, readonly published: boolean, readonly needs: readonly string[] }} Package */

/**
 * What a package's own manifest says of it; `needs` are the names of its dependencies.
 *
 * @param {string} root
 * @returns {Package}
 */
export function describePackage(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { name, version, license, private: isPrivate = false, dependencies, optionalDependencies } = manifest;
  return {
    root,
    name,
    version,
    licence: String(license),
    published: !isPrivate,
    needs: Object.keys({ ...dependencies, ...optionalDependencies }),
  };
}

/**
 * A dependency as it is installed for a package, found as Node finds it.
 *
 * @param {Package} from
 * @param {string} name
 * @returns {Package | undefined} undefined for what is not installed: an optional dependency of another platform
 */
export function dependencyOf({ root }, name) {
  for (let folder = root; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return describePackage(realpathSync(candidate));
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * All that is installed with a package, at any depth.
 *
 * @param {Package} from
 * @returns {readonly Package[]}
 */
export function installedWith(from) {
  /** @type {Map<string, Package>} */
  const found = new Map();
  const waiting = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of next.needs) {
      const dependency = dependencyOf(next, name);
      if (dependency === undefined || found.has(dependency.root)) continue;
      found.set(dependency.root, dependency);
      waiting.push(dependency);
    }
  }
  return [...found.values()];
}
