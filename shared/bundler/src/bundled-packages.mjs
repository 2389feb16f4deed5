import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describePackage } from './package-graph.mjs';

/** @typedef {import('./package-graph.mjs').Package & { readonly text: string }} BundledPackage */

/**
 * Third-party packages of which code entered a bundle, sorted by name.
 *
 * @param {readonly string[]} inputs paths of the metafile
 * @param {string} folder that they are relative to
 * @returns {readonly BundledPackage[]}
 * @throws Error when one comes without a licence text
 */
export function bundledPackages(inputs, folder) {
  const roots = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...roots]
    .map((root) => withLicence(resolve(folder, root)))
    .toSorted((left, right) => (`${left.name}@${left.version}` < `${right.name}@${right.version}` ? -1 : 1));
}

/**
 * Packages of this repository of which code entered a bundle, but for the bundled package itself.
 *
 * @param {readonly string[]} inputs paths of the metafile
 * @param {string} folder that they are relative to
 * @returns {readonly import('./package-graph.mjs').Package[]}
 */
export function bundledParts(inputs, folder) {
  const own = inputs.filter((path) => path.startsWith('../') && !path.includes('node_modules/'));
  const roots = new Set(own.map((path) => rootOf(resolve(folder, path))));
  return [...roots].map((root) => describePackage(root));
}

/**
 * @param {string} path
 * @returns {string} the nearest folder above with a manifest
 */
function rootOf(path) {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

/**
 * @param {string} root
 * @returns {BundledPackage}
 */
function withLicence(root) {
  const described = describePackage(root);
  const files = readdirSync(root)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(join(root, file)))
    .toSorted();
  if (files.length === 0) {
    throw new Error(`${described.name}@${described.version} is bundled but comes without a licence text`);
  }
  return { ...described, text: files.map((file) => readFileSync(join(root, file), 'utf8').trim()).join('\n\n') };
}

/**
 * `LICENSES.txt`: what the licences of bundled code ask to be handed on with it.
 *
 * @param {readonly BundledPackage[]} packages
 */
export function licencesText(packages) {
  const parts = packages.map(
    ({ name, version, licence, text }) => `${name}@${version} (${licence})\n\n${text.replaceAll('\r\n', '\n')}\n`,
  );
  return `The files beside this one contain code of the following packages.\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}
