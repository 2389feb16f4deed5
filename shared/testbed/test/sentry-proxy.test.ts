import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { makeCertificate, missingOpenssl } from '../src/sentry/certificate.ts';
import { startProxy } from '../src/sentry/start-proxy.ts';
import { doubles } from './sentry-double.ts';

const start = doubles();

async function tunnel(proxy: string, host: string): Promise<{ readonly status: number; readonly socket: Socket }> {
  const sent = request(`${proxy}/`, { method: 'CONNECT', path: `${host}:443`, agent: false });
  sent.end();
  const [response, socket] = (await once(sent, 'connect')) as [{ statusCode: number }, Socket];
  return { status: response.statusCode, socket };
}

/** One request over a tunnel, checked against the private authority only. */
async function get(proxy: string, host: string, path: string, token: string, ca: string): Promise<string> {
  const { socket } = await tunnel(proxy, host);
  const secure: TLSSocket = connect({ socket, servername: host, ca });
  await once(secure, 'secureConnect');
  secure.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const part of secure) text += String(part);
  return text;
}

test.skipIf(missingOpenssl() !== undefined)(
  'a proxy leads names of sentry.io to doubles, with a private authority',
  async () => {
    const certificate = await makeCertificate({ names: ['sentry.io', '*.sentry.io'] });
    const { cert, key, ca } = certificate;
    const main = await start({ tls: { cert, key }, hosts: ['sentry.io'] });
    const region = await start({ tls: { cert, key }, hosts: ['de.sentry.io'] });
    const proxy = await startProxy({ 'sentry.io:443': main.port, 'de.sentry.io:443': region.port });
    main.world.addOrganization({ slug: 'kino', regionUrl: 'https://de.sentry.io' });
    const path = '/api/0/organizations/';
    expect(await get(proxy.url, 'sentry.io', path, main.token, ca)).toContain('"regionUrl":"https://de.sentry.io"');
    expect(await get(proxy.url, 'de.sentry.io', path, region.token, ca)).toContain('HTTP/1.1 200 OK');
    const other = await tunnel(proxy.url, 'example.com');
    other.socket.destroy();
    expect(other.status).toBe(403);
    expect(proxy.connects).toEqual(['sentry.io:443', 'de.sentry.io:443', 'example.com:443']);
    expect(proxy.refused).toEqual(['example.com:443']);
    expect([main.requests.length, region.requests.length]).toEqual([1, 1]);
    expect([...main.violations, ...region.violations]).toEqual([]);
    await proxy.stop();
    certificate.remove();
  },
);
