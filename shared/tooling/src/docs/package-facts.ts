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
}

export function packageFacts(server: string): PackageFacts {
  const folder = `packages/${server}`;
  const manifest = JSON.parse(read(`${folder}/package.json`)) as Omit<PackageFacts, 'folder' | 'binaries'> & {
    bin: Record<string, string>;
  };
  const { name, version, description, mcpName, bin } = manifest;
  return { folder, name, version, description, mcpName, binaries: Object.keys(bin) };
}
