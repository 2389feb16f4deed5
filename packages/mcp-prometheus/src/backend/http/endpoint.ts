import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

const socketsPerServer = 10;

/** How one server is talked to: the only origin that its credentials ever go to. */
export interface Endpoint {
  /** Base address without a slash at its end, its sub-path kept, never with credentials. */
  readonly base: URL;
  /** What the operator would change: names the product and its settings in errors. */
  readonly label: 'Prometheus' | 'Alertmanager';
  readonly agent: http.Agent;
  /** Read anew for each request, since a token file may have changed. */
  headers(): Readonly<Record<string, string>>;
  close(): void;
}

export interface EndpointOptions {
  readonly label: Endpoint['label'];
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly orgId?: string | undefined;
  readonly caFile: string | undefined;
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
}

/** @throws Error of the file system for a certificate file that cannot be read */
export function createEndpoint(address: string, options: EndpointOptions): Endpoint {
  const base = new URL(address);
  const [user, password] = [
    options.user ?? decodeURIComponent(base.username),
    options.password ?? decodeURIComponent(base.password),
  ];
  base.username = '';
  base.password = '';
  base.search = '';
  base.hash = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  const agent = createAgent(base, options);
  return {
    base,
    label: options.label,
    agent,
    headers() {
      const token = readToken(options);
      return {
        ...(token !== undefined
          ? { authorization: `Bearer ${token}` }
          : user !== ''
            ? { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
            : {}),
        ...(options.orgId === undefined ? {} : { 'x-scope-orgid': options.orgId }),
      };
    },
    close: () => agent.destroy(),
  };
}

function createAgent(base: URL, { caFile, clientCert, clientKey }: EndpointOptions): http.Agent {
  const common = { keepAlive: true, maxSockets: socketsPerServer };
  if (base.protocol !== 'https:') return new http.Agent(common);
  return new https.Agent({
    ...common,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    ...(clientCert === undefined ? {} : { cert: readFileSync(clientCert) }),
    ...(clientKey === undefined ? {} : { key: readFileSync(clientKey) }),
  });
}

function readToken({ token, tokenFile }: EndpointOptions): string | undefined {
  if (tokenFile === undefined || tokenFile === '') return token;
  try {
    return readFileSync(tokenFile, 'utf8').trim() || token;
  } catch {
    return token; // being replaced just now: the last one known may still be good
  }
}
