import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

const socketsPerServer = 8;

/** How one server is talked to: the only origins that the token ever goes to are these. */
export interface Endpoint {
  /** Base address without a slash at its end, its path kept, never with credentials. */
  readonly base: URL;
  readonly agent: http.Agent;
  /** Authority of the certificate, for each request: an agent for a proxy would use it for the proxy alone. */
  readonly trust: { readonly ca?: Buffer };
  /** Read anew for each request, since a token file may have changed. */
  headers(): Readonly<Record<string, string>>;
  close(): void;
}

export interface EndpointOptions {
  readonly token: string;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

/** @throws Error for a certificate file that cannot be read, or holds none */
export function createEndpoint(address: string, options: EndpointOptions): Endpoint {
  const base = new URL(address);
  base.username = '';
  base.password = '';
  base.search = '';
  base.hash = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  const trust = options.caFile === undefined ? {} : { ca: readCertificate(options.caFile) };
  const agent = createAgent(base);
  return {
    base,
    agent,
    trust,
    headers: () => ({ authorization: `Bearer ${readToken(options)}` }),
    close: () => agent.destroy(),
  };
}

/** Node takes a file without a certificate for an empty list, and then trusts nobody. */
function readCertificate(file: string): Buffer {
  const pem = readFileSync(file);
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it holds no certificate in PEM form');
  return pem;
}

/** Through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for this address, if any. */
export function createAgent(base: URL): http.Agent {
  const common = { keepAlive: true, maxSockets: socketsPerServer };
  const proxy = getProxyForUrl(base.toString());
  if (base.protocol === 'https:') {
    return proxy === '' ? new https.Agent(common) : new HttpsProxyAgent(proxy, common);
  }
  return proxy === '' ? new http.Agent(common) : new HttpProxyAgent(proxy, common);
}

function readToken({ token, tokenFile }: EndpointOptions): string {
  if (tokenFile === undefined || tokenFile === '') return token;
  try {
    return readFileSync(tokenFile, 'utf8').trim() || token;
  } catch {
    return token; // being replaced just now: the last one known may still be good
  }
}
