import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describeSettings } from '@cinecom/mcp-core';
import { errorOf, spawnServer, tempState, textOf } from '@cinecom/mcp-core/testing';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it } from 'vitest';
import { root } from '../src/repository.ts';
import { servers } from '../src/servers.ts';

describe.each(Object.keys(servers))('the built %s without settings', (name) => {
  const binary = join(root, `packages/${name}/dist/cli.js`);

  it.each(['modern', 'legacy'] as const)('lists its tools and says what to set, in the %s era', async (era) => {
    await using state = await tempState();
    await using server = await spawnServer({ command: process.execPath, args: [binary], env: state.env, era });
    const { tools } = await server.client.listTools();
    const triage = tools.find((tool) => tool._meta?.['anthropic/alwaysLoad'] === true);
    const answer = await server.client.callTool({ name: triage?.name ?? '', arguments: {} });
    const settings = describeSettings((await servers[name]!()).settings);
    const required = settings.filter((row) => row.required);
    for (const row of required) expect(textOf(answer)).toContain(row.env);
    // a server that needs no setting looks where its backend usually is, and names what would lead elsewhere
    expect(errorOf(answer)?.code).toBe(required.length > 0 ? 'not_configured' : 'backend_unreachable');
    expect(settings.some(({ env }) => env !== undefined && env !== '' && textOf(answer).includes(env))).toBe(true);
  });

  it('serves a client of the older SDK', async () => {
    await using state = await tempState();
    const client = new OlderClient({ name: 'older', version: '1' });
    await client.connect(
      new OlderTransport({ command: process.execPath, args: [binary], env: state.env, stderr: 'ignore' }),
    );
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.map((tool) => tool.name)).toEqual(tools.map((tool) => tool.name).toSorted());
    const answer = await client.callTool({ name: tools[0]!.name, arguments: {} });
    expect(answer.isError).toBe(true);
    await client.close();
  });

  it.each(['SIGINT', 'SIGTERM', 'stdin end'] as const)('ends by itself with code 0 on %s', async (ending) => {
    await using state = await tempState();
    const child = spawn(process.execPath, [binary], { env: state.env, stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);
    await once(child.stdout, 'data');
    if (ending === 'stdin end') child.stdin.end();
    else child.kill(ending);
    expect(await exited).toEqual([0, null]);
  });
});

describe.each(Object.keys(servers))('the built %s over HTTP', (name) => {
  it('tells how it is, to callers that show who they are', async () => {
    await using state = await tempState();
    const token = 'scrape-'.repeat(5);
    const binary = join(root, `packages/${name}/dist/cli.js`);
    const child = spawn(process.execPath, [binary, '--transport', 'http', '--port', '0', '--host', '0.0.0.0'], {
      env: { ...state.env, MCP_AUTH_TOKEN: token },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      const port = await listeningPort(child.stderr);
      const get = (path: string, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
      expect((await get('/healthz')).status).toBe(200);
      expect((await get('/readyz')).status).toBe(503);
      expect((await get('/metrics')).status).toBe(401);
      const metrics = await get('/metrics', { authorization: `Bearer ${token}` });
      expect(metrics.status).toBe(200);
      const text = await metrics.text();
      expect(text).toContain(`cinecom_mcp_build_info{server="${name}"`);
      expect(text).toContain('cinecom_mcp_auth_failures_total 1');
      expect(text).not.toContain(token);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });
});

async function listeningPort(stderr: Readable): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const port = /listening on http:\/\/\S+:(\d+)\/mcp/.exec(line)?.[1];
    if (port === undefined) continue;
    stderr.resume();
    return port;
  }
  throw new Error('the server ended before it listened');
}
