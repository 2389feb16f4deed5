import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type HttpProcess, serveHttp } from '../../src/serve/http/serve-http.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { mergeSettings } from '../../src/settings/merge.ts';
import { tempState } from '../../src/testing/temp-state.ts';
import { createNotebook, notebookServer } from '../fixtures/notebook.ts';

/** A notebook server in a process of its own making: its stderr and exit are looked at. */
async function serve(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const state = await tempState();
  const env = { ...state.env, ...environment };
  const server = notebookServer(createNotebook());
  const loaded = await loadSettings(mergeSettings(server.settings), {
    argv: ['--transport', 'http', '--port', '0', ...argv],
    env,
    cwd: state.dir,
    server: server.name,
  });
  const lines: string[] = [];
  const signals = new EventEmitter();
  let leave = (_code: number): void => undefined;
  const exited = new Promise<number>((resolve) => (leave = resolve));
  const host: HttpProcess = Object.assign(signals, {
    env,
    stderr: { write: (text: string) => lines.push(text) },
    cwd: () => state.dir,
    exit: (code: number) => leave(code),
    exitCode: undefined,
  });
  await serveHttp(server, loaded, host);
  return { host, signals, exited, stderr: lines.join(''), dir: state.dir, [Symbol.asyncDispose]: () => state.remove() };
}

test('says in one line where it listens, and ends with 0 on a signal', async () => {
  await using served = await serve([]);
  const url = /^mcp-notebook: listening on (http:\/\/127\.0\.0\.1:\d+\/mcp)\n$/.exec(served.stderr)?.[1];
  expect((await fetch(url!.replace('/mcp', '/healthz'))).status).toBe(200);
  served.signals.emit('SIGTERM');
  expect(await served.exited).toBe(0);
});

describe('nothing listens, and stderr says why,', () => {
  const refused = async (argv: readonly string[], env?: Readonly<Record<string, string>>) => {
    await using served = await serve(argv, env);
    expect(served.host.exitCode).toBe(2);
    expect(served.stderr).toMatch(/^mcp-notebook: nothing listens, because\n/);
    return served.stderr;
  };

  test('beyond loopback without a token', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
      expect(await refused(['--host', host])).toMatch(/no token[\s\S]*MCP_AUTH_TOKEN[\s\S]*--oauth-issuer/);
    }
  });

  test('when a token, a range or a port did not load', async () => {
    expect(await refused([], { MCP_AUTH_TOKEN: 'short' })).toContain('MCP_AUTH_TOKEN is not valid');
    expect(await refused([], { MCP_AUTH_TOKEN: '${TEAM_TOKEN}' })).toContain(
      'MCP_AUTH_TOKEN holds the variable TEAM_TOKEN',
    );
    expect(await refused(['--allow-from', '${RANGE}'])).toContain('--allow-from holds the variable RANGE');
    expect(await refused(['--port', 'many'])).toContain('--port is not valid');
    expect(await refused(['--allow-form', '10.0.0.0/8'])).toContain('--allow-from');
  });

  test('when an entry of a list is not what it should be, without showing a token', async () => {
    expect(await refused(['--allow-from', '10.0.0.0/33'])).toContain('--allow-from: 10.0.0.0/33');
    expect(await refused(['--trust-proxy', 'proxy'])).toContain('--trust-proxy: proxy');
    expect(await refused(['--allowed-origins', '*'])).toContain('--allowed-origins: *');
    expect(await refused(['--allowed-hosts', 'https://x'])).toContain('--allowed-hosts: https://x');
    const entry = `ops:everything:${'x'.repeat(20)}`;
    const text = await refused([], { MCP_AUTH_TOKEN: `${'y'.repeat(20)},${entry}` });
    expect(text).toContain('MCP_AUTH_TOKEN: entry 2');
    expect(text).not.toContain('xxx');
  });

  test('when OAuth or TLS is half set or unsafe', async () => {
    expect(await refused(['--oauth-issuer', 'https://id.example'])).toContain('--oauth-audience is missing');
    expect(await refused(['--oauth-audience', 'x'])).toContain('--oauth-issuer is missing');
    const http = ['--oauth-issuer', 'http://id.example', '--oauth-audience', 'x'];
    expect(await refused(http)).toContain('--oauth-issuer must begin with https://');
    const loopback = ['--oauth-issuer', 'http://127.0.0.1:9', '--oauth-audience', 'x', '--host', '0.0.0.0'];
    expect(await refused(loopback)).toContain('--oauth-issuer must begin with https://');
    expect(await refused(['--tls-cert', 'cert.pem'])).toContain('--tls-key is missing');
    expect(await refused(['--tls-client-ca', 'ca.pem'])).toContain('--tls-cert is missing');
    const both = ['--tls-cert', 'none.pem', '--tls-key', 'none.pem'];
    expect(await refused(both)).toMatch(
      /--tls-cert: none\.pem cannot be read[\s\S]*--tls-key: none\.pem cannot be read/,
    );
  });

  test('when a PEM file holds something else', async () => {
    await using state = await tempState();
    const file = join(state.dir, 'other.pem');
    await writeFile(file, 'hello');
    expect(await refused(['--tls-cert', file, '--tls-key', file])).toContain('is not PEM');
  });

  test('when the port is taken or the address is not this machine’s', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    expect(await refused(['--port', String(port)])).toContain('another process listens');
    await new Promise((resolve) => other.close(resolve));
    const env = { MCP_AUTH_TOKEN: 't'.repeat(16) };
    expect(await refused(['--host', '192.0.2.1'], env)).toContain('no such address');
  });
});

test('an empty variable is what clients pass for an option nobody set: it closes nothing', async () => {
  await using served = await serve([], { MCP_AUTH_TOKEN: '' });
  expect(served.stderr).toContain('listening on');
  served.signals.emit('SIGINT');
  await served.exited;
});
