import { read } from '../repository.ts';

/** What a package's own manifest says of it. */
export interface PackageFacts {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Reverse-DNS name in the MCP registry. */
  readonly mcpName: string;
  readonly binaries: readonly string[];
  /** Versions of Node it runs on. */
  readonly node: string;
}

/** Where the sources are. */
export const repository = 'https://github.com/cinecom/cinecom-ops';

export function packageFacts(server: string): PackageFacts {
  const folder = `packages/${server}`;
  const manifest = JSON.parse(read(`${folder}/package.json`)) as Omit<PackageFacts, 'folder' | 'binaries' | 'node'> & {
    bin: Record<string, string>;
    engines: { node: string };
  };
  const { name, version, description, mcpName, bin, engines } = manifest;
  return { folder, name, version, description, mcpName, binaries: Object.keys(bin), node: engines.node };
}
