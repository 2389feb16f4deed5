import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** @typedef {{ readonly name: string, readonly version: string, readonly licence: string, readonly text: string }} Package */

/**
 * Third-party packages of which code entered a bundle, sorted by name.
 *
 * @param {readonly string[]} inputs paths of the metafile
 * @param {string} folder that they are relative to
 * @returns {readonly Package[]}
 * @throws Error when one comes without a licence text
 */
export function bundledPackages(inputs, folder) {
  const roots = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...roots]
    .map((root) => describe(resolve(folder, root)))
    .toSorted((left, right) => (`${left.name}@${left.version}` < `${right.name}@${right.version}` ? -1 : 1));
}

/**
 * @param {string} root
 * @returns {Package}
 */
function describe(root) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = readdirSync(root)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(join(root, file)))
    .toSorted();
  if (files.length === 0) throw new Error(`${name}@${version} is bundled but comes without a licence text`);
  const text = files.map((file) => readFileSync(join(root, file), 'utf8').trim()).join('\n\n');
  return { name, version, licence: String(license), text };
}

/**
 * `LICENSES.txt`: what the licences of bundled code ask to be handed on with it.
 *
 * @param {readonly Package[]} packages
 */
export function licencesText(packages) {
  const parts = packages.map(
    ({ name, version, licence, text }) => `${name}@${version} (${licence})\n\n${text.replaceAll('\r\n', '\n')}\n`,
  );
  return `cli-code.js contains code of the following packages.\n\n${parts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}
