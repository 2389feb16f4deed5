import { describe, expect, it } from 'vitest';
import { overridesFor, unknownPackages } from './locked-components.ts';

const locked = [
  { name: 'pg', version: '8.23.1', integrity: 'sha512-A' },
  { name: '@pgsql/types', version: '18.0.0', integrity: 'sha512-B' },
  { name: 'split2', version: '3.0.0', integrity: 'sha512-C' },
  { name: 'split2', version: '4.2.0', integrity: 'sha512-D' },
];

function record(packages: Readonly<Record<string, readonly [version: string, integrity: string]>>): string {
  const entries = Object.entries(packages).map(([path, [version, integrity]]) => [
    path,
    { version, resolved: `https://registry.invalid/${path}.tgz`, integrity },
  ]);
  const own = { version: '0.1.0', resolved: 'file:../server.tgz', integrity: 'sha512-own' };
  return JSON.stringify({
    packages: { ...(Object.fromEntries(entries) as object), 'node_modules/@cinecom/server': own },
  });
}

describe('overridesFor', () => {
  it('pins every package, but for one that is there twice', () => {
    expect(overridesFor(locked)).toEqual({ pg: '8.23.1', '@pgsql/types': '18.0.0' });
  });
});

describe('unknownPackages', () => {
  it('accepts what is locked, at any depth, and the tarball that was packed here', () => {
    const installed = record({
      'node_modules/pg': ['8.23.1', 'sha512-A'],
      'node_modules/@pgsql/types': ['18.0.0', 'sha512-B'],
      'node_modules/pg/node_modules/split2': ['3.0.0', 'sha512-C'],
    });
    expect(unknownPackages(installed, locked)).toEqual([]);
  });

  it.each([
    ['another version', 'node_modules/pg', '8.24.0', 'sha512-A', 'pg@8.24.0'],
    ['other bytes of the same version', 'node_modules/pg', '8.23.1', 'sha512-X', 'pg@8.23.1'],
    ['a package that nobody named', 'node_modules/left-pad', '1.0.0', 'sha512-A', 'left-pad@1.0.0'],
  ])('tells %s', (_, path, version, integrity, told) => {
    expect(unknownPackages(record({ [path]: [version, integrity] }), locked)).toEqual([told]);
  });
});
