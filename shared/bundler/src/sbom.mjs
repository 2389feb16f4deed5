import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { dependencyOf, installedWith } from './package-graph.mjs';

/** @typedef {import('./package-graph.mjs').Package} Package */

const lockFile = new URL('../../../pnpm-lock.yaml', import.meta.url);

/**
 * `sbom.cdx.json`, CycloneDX 1.6: what is inside a bundle, and what is installed with it, in the versions and with the
 * hashes of the lock file. The same sources give the same bytes: there is no time in it, its serial number is a digest.
 *
 * @param {Package} server the bundled package
 * @param {{ readonly packages: readonly Package[], readonly parts: readonly Package[] }} bundled third-party packages,
 *   and packages of this repository
 * @throws Error when the lock file does not know a package
 */
export function sbomText(server, { packages, parts }) {
  const hashes = lockedHashes();
  const bundled = new Set([...parts, ...packages].map(reference));
  const own = new Set(parts.map(reference));
  const everything = [...parts, ...packages, ...installedWith(server)];
  const all = [...new Map(everything.toReversed().map((each) => [reference(each), each])).entries()]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, each]) => each);
  const content = {
    metadata: { lifecycles: [{ phase: 'build' }], component: { ...component(server), type: 'application' } },
    components: all.map((each) => ({
      ...component(each),
      ...(own.has(reference(each)) ? {} : { hashes: [hashOf(each, hashes)] }),
      ...(bundled.has(reference(each)) ? { properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }] } : {}),
    })),
    dependencies: [edges(server, all, [...own]), ...all.map((each) => edges(each, all))],
  };
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
  };
  return `${JSON.stringify({ ...head, ...content }, null, 2)}\n`;
}

/** @param {Package} described */
function component(described) {
  const { name, version, licence, published } = described;
  const [, group, short] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name) ?? [];
  return {
    type: 'library',
    'bom-ref': reference(described),
    ...(group === undefined ? {} : { group }),
    name: short,
    version,
    licenses: [/[ ()]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
    ...(published ? { purl: reference(described) } : {}),
  };
}

/**
 * @param {Package} described
 * @returns {string} the package URL, which also is what the list knows it by
 */
function reference({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/**
 * @param {Package} from
 * @param {readonly Package[]} all
 * @param {readonly string[]} more references
 */
function edges(from, all, more = []) {
  const roots = new Map(all.map((each) => [each.root, each]));
  const dependsOn = from.needs.flatMap((name) => {
    const found = roots.get(dependencyOf(from, name)?.root ?? '');
    return found === undefined ? [] : [reference(found)];
  });
  return { ref: reference(from), dependsOn: [...new Set([...dependsOn, ...more])].toSorted() };
}

/** @returns {Readonly<Record<string, { readonly resolution?: { readonly integrity?: string } }>>} by `name@version` */
function lockedHashes() {
  return parse(readFileSync(lockFile, 'utf8')).packages;
}

/**
 * @param {Package} described
 * @param {ReturnType<typeof lockedHashes>} locked
 */
function hashOf({ name, version }, locked) {
  const [, digest] = /^sha512-(.+)$/.exec(locked[`${name}@${version}`]?.resolution?.integrity ?? '') ?? [];
  if (digest === undefined) throw new Error(`pnpm-lock.yaml has no SHA-512 of ${name}@${version}`);
  return { alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') };
}

/**
 * A digest in the form of a name-based UUID.
 *
 * @param {string} text
 */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
