import { isIP } from 'node:net';
import type { CoreSettings } from '../../settings/core-settings.ts';
import { type AddressList, parseAddresses } from './address-list.ts';
import { isLoopback } from '../../settings/loopback.ts';
import { hostNameOf } from './host-check.ts';
import { type OAuthConfig, readOAuth } from './oauth/config.ts';
import { originOf } from './origin-check.ts';
import type { Complain } from './problems.ts';
import { parseTokens, type Tokens } from './tokens.ts';

/** Who may reach this server over HTTP, and where it listens. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly loopback: boolean;
  /** Undefined: every address. */
  readonly allowFrom: AddressList | undefined;
  readonly trustProxy: AddressList;
  readonly allowedHosts: ReadonlySet<string>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly tokens: Tokens | undefined;
  readonly oauth: OAuthConfig | undefined;
}

/** Reads the HTTP settings; what is wrong with them is told to `complain`, and the result is then not to be used. */
export function readHttpConfig(core: CoreSettings, complain: Complain): HttpConfig {
  // A name could resolve to anything, and this one decides whether callers need a token.
  const host = core.host === 'localhost' ? '127.0.0.1' : core.host.replace(/^\[(.*)\]$/, '$1');
  const loopback = isLoopback(host);
  const oauth = readOAuth(core, loopback, complain);
  const tokens = readTokens(core, complain);
  if (!loopback && oauth === undefined && tokens === undefined) {
    complain(
      `--host ${core.host} is reachable from other machines, and callers would need no token`,
      'Set MCP_AUTH_TOKEN (for example the output of: openssl rand -hex 32), or --oauth-issuer and --oauth-audience; or leave --host at 127.0.0.1.',
    );
  }
  return {
    host,
    port: core.port,
    loopback,
    allowFrom: core.allowFrom.length === 0 ? undefined : readAddresses('--allow-from', core.allowFrom, complain),
    trustProxy: readAddresses('--trust-proxy', core.trustProxy, complain),
    allowedHosts: readHosts(host, core.allowedHosts, complain),
    allowedOrigins: readOrigins(core.allowedOrigins, complain),
    tokens,
    oauth,
  };
}

function readTokens(core: CoreSettings, complain: Complain): Tokens | undefined {
  if (core.authToken === undefined) return undefined;
  const { tokens, wrong } = parseTokens(core.authToken, core.allow);
  if (wrong.length > 0) {
    complain(
      `MCP_AUTH_TOKEN: entry ${wrong.join(', ')} is neither a token nor name:ceiling:token`,
      'A token is 16 to 512 letters, digits and - . _ ~ + / characters; ceilings are read, write, destructive; at most 100 entries.',
    );
  }
  return tokens;
}

function readAddresses(flag: string, entries: readonly string[], complain: Complain): AddressList {
  const { list, wrong } = parseAddresses(entries);
  for (const entry of wrong) {
    complain(
      `${flag}: ${entry} is neither an address nor a range`,
      `For example: ${flag} 10.0.0.0/8,192.0.2.7,fd00::/8`,
    );
  }
  return list;
}

function readHosts(host: string, names: readonly string[], complain: Complain): ReadonlySet<string> {
  const known = new Set<string>();
  for (const name of names) {
    const read = hostNameOf(name);
    if (read === undefined)
      complain(`--allowed-hosts: ${name} is not a host name`, 'For example: --allowed-hosts mcp.example.com');
    else known.add(read);
  }
  const own = hostNameOf(isIP(host) === 6 ? `[${host}]` : host);
  if (own === undefined)
    complain(`--host: ${host} is neither an address nor a host name`, 'For example: --host 127.0.0.1');
  // Every machine answers to the address that stands for all of its own: as a name it proves nothing.
  else if (host !== '0.0.0.0' && host !== '::') known.add(own);
  return known;
}

function readOrigins(origins: readonly string[], complain: Complain): ReadonlySet<string> {
  const known = new Set<string>();
  for (const origin of origins) {
    const read = originOf(origin);
    if (read !== undefined) known.add(read);
    else
      complain(
        `--allowed-origins: ${origin} is not a web origin`,
        'For example: --allowed-origins https://app.example.com',
      );
  }
  return known;
}
