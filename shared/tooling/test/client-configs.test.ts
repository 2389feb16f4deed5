import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer, tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededSettings } from '../src/docs/client-configs.ts';
import { packageFacts } from '../src/docs/package-facts.ts';
import { installTarballs } from '../src/pack/install-packed.ts';
import { packPackage } from '../src/pack/pack-package.ts';
import { read, root } from '../src/repository.ts';
import { servers, tiers } from '../src/servers.ts';

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the client's own environment that it hands on. */
  readonly env_vars?: readonly string[];
}

type Entries = Readonly<Record<string, Entry>>;
type Environment = Readonly<Record<string, string>>;

/** Tables of strings, lists and inline tables, as the generated file has them. */
function fromToml(text: string): Entries {
  const tables = text.split(/^\[mcp_servers\.([\w-]+)\]$/m).slice(1);
  return Object.fromEntries(
    tables.flatMap((name, at) => {
      if (at % 2 === 1) return [];
      const pairs = [...(tables[at + 1] ?? '').matchAll(/^(\w+) = (.+)$/gm)].map(([, key = '', value = '']) => [
        key,
        JSON.parse(value.replaceAll(/(\w+) = /g, '"$1": ')) as unknown,
      ]);
      return [[name, Object.fromEntries(pairs) as Entry]];
    }),
  );
}

const fromJson = (key: 'mcpServers' | 'servers') => (text: string) =>
  (JSON.parse(text) as Record<typeof key, Entries>)[key];

/** How each client reads its file, and what it fills in. */
const clients: Readonly<
  Record<string, { entries: (text: string) => Entries; fill: (value: string, env: Environment) => string }>
> = {
  '.mcp.json': {
    entries: fromJson('mcpServers'),
    fill: (value, env) =>
      value.replaceAll(
        /\$\{(\w+)(?::-([^}]*))?\}/g,
        (whole, name: string, other?: string) => env[name] ?? other ?? whole,
      ),
  },
  'claude_desktop_config.json': { entries: fromJson('mcpServers'), fill: (value) => value },
  '.cursor/mcp.json': {
    entries: fromJson('mcpServers'),
    fill: (value, env) => value.replaceAll(/\$\{env:(\w+)\}/g, (_, name: string) => env[name] ?? ''),
  },
  '.vscode/mcp.json': {
    entries: fromJson('servers'),
    fill: (value, env) =>
      value.replaceAll(/\$\{input:([\w-]+)\}/g, (_, id: string) => env[id.toUpperCase().replaceAll('-', '_')] ?? ''),
  },
  '.codex/config.toml': { entries: fromToml, fill: (value) => value },
};

const existing = Object.entries(tiers)
  .map(([tier, names]) => ({ tier, names: names.filter((name) => name in servers) }))
  .filter(({ names }) => names.length > 0);

describe.each(existing)('examples/$tier', ({ tier, names }) => {
  let home: string;
  const project = () => join(home, 'project');

  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'cinecom-clients-')));
    const tarballs = await Promise.all(names.map((name) => packPackage(packageFacts(name).folder, home)));
    await installTarballs(tarballs, project());
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('has a file for every client, and says in its README where each belongs', () => {
    const readme = read(`examples/${tier}/README.md`);
    for (const path of Object.keys(clients)) {
      expect(existsSync(join(root, `examples/${tier}`, path))).toBe(true);
      expect(readme).toContain(`\`${path}\``);
    }
  });

  it.each(Object.keys(clients))('starts each server as %s says, with nothing left to set', async (path) => {
    const { entries, fill } = clients[path]!;
    const each = Object.entries(entries(read(`examples/${tier}/${path}`)));
    expect(each.map(([short]) => `mcp-${short}`)).toEqual(names);
    for (const [short, { command, args, env, env_vars = [] }] of each) {
      const name = `mcp-${short}`;
      const rows = neededSettings({ server: await servers[name]!(), facts: packageFacts(name) });
      const own = Object.fromEntries(rows.map((row) => [row.env, row.example ?? '']));
      const filled = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value, own)]));
      const handedOn = Object.fromEntries(env_vars.map((key) => [key, own[key] ?? '']));
      await using state = await tempState();
      await using server = await spawnServer({
        command,
        args,
        env: { HOME: home, npm_config_update_notifier: 'false', ...state.env, ...handedOn, ...filled },
        cwd: project(),
        era: 'modern',
      });
      const { tools } = await server.client.listTools();
      expect(tools.length).toBeGreaterThan(0);
      expect(tools.filter((tool) => tool.annotations?.readOnlyHint !== true)).toEqual([]);
      expect(server.stderr()).not.toMatch(/is not set|is not valid|filled in/);
    }
  });
});
