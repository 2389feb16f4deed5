import { join } from 'node:path';
import { toolDefinition } from '@cinecom/mcp-core';
import { spawnServer, tempState } from '@cinecom/mcp-core/testing';
import { describe, expect, it } from 'vitest';
import { definitionCosts } from '../src/definition-cost.ts';
import { isTest, read, root, sources } from '../src/repository.ts';
import { servers } from '../src/servers.ts';

const maxTools = 22;
const maxBytes = 24_000;

/** Raised only by a commit that says why. */
const budgets: Readonly<Record<string, number>> = {
  'mcp-prometheus': 20_000,
  'mcp-postgres-admin': 24_000,
  'mcp-docker-compose': 18_000,
  'mcp-sentry': 23_000,
};

const loaded = await Promise.all(Object.entries(servers).map(async ([name, load]) => ({ name, server: await load() })));

describe.each(loaded)('$name', ({ name, server }) => {
  it('keeps its definitions within its budget', async () => {
    const costs = await definitionCosts(server);
    expect(costs.length).toBeLessThanOrEqual(maxTools);
    const bytes = costs.reduce((sum, cost) => sum + cost.bytes, 0);
    expect(bytes).toBeLessThanOrEqual(Math.min(maxBytes, budgets[name] ?? 0));
  });

  it('names and describes tools as models need it', async () => {
    for (const tool of await server.tools()) {
      expect(tool.name).toMatch(new RegExp(`^${server.prefix}[a-z_]+$`));
      expect(tool.name.length).toBeLessThanOrEqual(40);
      expect(tool.description.length).toBeLessThanOrEqual(600);
    }
  });

  it('names in its next calls only tools that there are', async () => {
    const known = new Set((await server.tools()).map((tool) => tool.name));
    const named = sources(`packages/${name}`)
      .filter((path) => !isTest(path))
      .flatMap((path) => [...read(path).matchAll(/(?:\btool: |nextCall\(\s*)'([a-z0-9_]+)'/g)].map((match) => match[1]))
      .filter((tool) => tool?.startsWith(server.prefix));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((tool) => !known.has(tool ?? ''))).toEqual([]);
  });

  it('has exactly one triage tool, which only reads', async () => {
    const triage = (await server.tools()).filter((tool) => tool.alwaysLoad);
    expect(triage.map((tool) => tool.risk)).toEqual(['read']);
  });

  it('is built with the definitions that it computes', async () => {
    await using state = await tempState();
    const built = await spawnServer({
      command: join(root, `packages/${name}/dist/cli.js`),
      env: { ...state.env, MCP_ALLOW: 'destructive' },
      era: 'modern',
    });
    const { tools } = await built.client.listTools();
    await built.close();
    const computed = (await server.tools()).map((tool) => toolDefinition(tool));
    expect(tools).toEqual(computed.toSorted((left, right) => (left.name < right.name ? -1 : 1)));
  });

  it('keeps its instructions to 1,500 characters', () => {
    expect(server.instructions.length).toBeLessThanOrEqual(1500);
  });
});

it('gives no two tools of any server the same name', async () => {
  const names = (
    await Promise.all(loaded.map(async ({ server }) => (await server.tools()).map((tool) => tool.name)))
  ).flat();
  expect(new Set(names).size).toBe(names.length);
});
