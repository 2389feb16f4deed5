import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getMcpConfigForManifest, MANIFEST_SCHEMAS, unpackExtension } from '@anthropic-ai/mcpb';
import { describeSettings } from '@cinecom/mcp-core';
import { spawnServer, tempState } from '@cinecom/mcp-core/testing';
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../src/docs/mcpb-manifest.ts';
import { packageFacts } from '../src/docs/package-facts.ts';
import { bundleMcpb } from '../src/pack/bundle-mcpb.ts';
import { packPackage } from '../src/pack/pack-package.ts';
import { read } from '../src/repository.ts';
import { servers } from '../src/servers.ts';

/** https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json, as published. */
const registrySchema = 'shared/tooling/test/fixtures/registry/server.schema.json';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly properties?: unknown;
}

function idOf({ group, name, version }: Component): string {
  return `${group === undefined ? '' : `${group}/`}${name}@${version}`;
}

const schemaOfMcpb = MANIFEST_SCHEMAS['0.4'];

describe.each(Object.keys(servers))('%s', (name) => {
  const facts = packageFacts(name);

  it('has a server.json as the registry wants it, for the very package that is published', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default.default(ajv);
    const validate = ajv.compile(JSON.parse(read(registrySchema)) as object);
    const content = JSON.parse(read(`${facts.folder}/server.json`)) as Record<string, unknown>;
    validate(content);
    expect(validate.errors).toBeNull();
    expect(content).toMatchObject({
      name: facts.mcpName,
      version: facts.version,
      packages: [{ identifier: facts.name, version: facts.version }],
    });
    expect(facts.mcpName).toMatch(/^[a-z0-9.-]+\.[a-z0-9-]+\/mcp-[a-z-]+$/);
  });

  describe('as an MCP bundle', () => {
    let folder: string;
    let unpacked: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cinecom-mcpb-test-'));
      unpacked = join(folder, 'unpacked');
      const bundle = await bundleMcpb(facts.folder, await packPackage(facts.folder, folder), folder);
      await unpackExtension({ mcpbPath: bundle, outputDir: unpacked, silent: true });
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** Starts the server as a client does that has asked its user for `userConfig`. */
    const start = async (userConfig: Record<string, string>, stateEnv: Record<string, string>) => {
      const manifest = schemaOfMcpb.parse(JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8')));
      const config = await getMcpConfigForManifest({
        manifest,
        extensionPath: unpacked,
        systemDirs: {},
        userConfig,
        pathSeparator: '/',
      });
      if (config === undefined) throw new Error('the manifest says that a required setting is missing');
      const { command, args = [], env = {} } = config;
      return {
        manifest,
        server: await spawnServer({ command, args, env: { ...env, ...stateEnv }, cwd: folder, era: 'legacy' }),
      };
    };

    const required = async () => {
      const rows = describeSettings((await servers[name]!()).settings).filter((row) => row.required);
      return Object.fromEntries(rows.map((row) => [keyOf(row), row.example ?? '']));
    };

    it('holds the package and exactly what its list of components says is installed with it', async () => {
      const paths = await readdir(unpacked, { recursive: true });
      const manifests = paths.filter((path) => /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
      const held = await Promise.all(
        manifests.map(async (path) => JSON.parse(await readFile(join(unpacked, path), 'utf8')) as Component),
      );
      const sbom = join(unpacked, 'node_modules', facts.name, 'dist/sbom.cdx.json');
      const { components } = JSON.parse(await readFile(sbom, 'utf8')) as { components: readonly Component[] };
      const installed = components.filter(({ properties }) => properties === undefined).map(idOf);
      const bundled = new Set(components.filter(({ properties }) => properties !== undefined).map(idOf));
      // one that is in the bundle may be there too, in the same version, for somebody else: it stands in the list once
      const alone = held.map(idOf).filter((id) => !bundled.has(id) || installed.includes(id));
      expect(alone.toSorted()).toEqual([`${facts.name}@${facts.version}`, ...installed].toSorted());
    });

    it('starts as its manifest says, with the tools that it names', async () => {
      await using state = await tempState();
      const { manifest, server } = await start({ ...(await required()), allow: 'destructive' }, state.env);
      await using running = server;
      const { tools } = await running.client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(manifest.tools?.map((tool) => tool.name).toSorted());
    });

    it('takes what the user left empty as not set, and complains of nothing', async () => {
      await using state = await tempState();
      const { server } = await start(await required(), state.env);
      await using running = server;
      const { tools } = await running.client.listTools();
      expect(tools.filter((tool) => tool.annotations?.readOnlyHint !== true)).toEqual([]);
      expect(running.client.getInstructions()).not.toMatch(/is not set|Set the variable/);
    });

    it('asks for what is missing when a required setting is left empty, and for nothing where none is', async () => {
      await using state = await tempState();
      const needed = Object.keys(await required());
      const { server } = await start(Object.fromEntries(needed.map((key) => [key, ' '])), state.env);
      await using running = server;
      expect(/is not set|Set the variable/.test(running.client.getInstructions() ?? '')).toBe(needed.length > 0);
    });
  });
});
