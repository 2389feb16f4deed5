import * as z from 'zod';
import { setting, settings } from './setting.ts';

const list = z.array(z.string().min(1).max(200)).max(200).default([]);
const file = z.string().min(1).max(4096).optional();
const address = z.url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' });

/** How a server is reached over HTTP, and by whom. Looked at under `--transport http` only. */
export const httpSettings = settings({
  transport: setting({
    schema: z.enum(['stdio', 'http']).default('stdio'),
    flag: 'transport',
    description: 'stdio for one client, http for many at /mcp',
  }),
  host: setting({
    schema: z.string().min(1).max(255).default('127.0.0.1'),
    flag: 'host',
    description: 'address to listen on; beyond loopback a token or OAuth is required',
  }),
  port: setting({
    schema: z.int().min(0).max(65_535).default(3000),
    flag: 'port',
    description: 'port to listen on, 0 = any free one',
  }),
  tlsCert: setting({
    schema: file,
    flag: 'tls-cert',
    description: 'PEM file: certificate of the server, with its chain',
  }),
  tlsKey: setting({ schema: file, flag: 'tls-key', description: 'PEM file: private key of the certificate' }),
  tlsClientCa: setting({
    schema: file,
    flag: 'tls-client-ca',
    description: 'PEM file: clients must show a certificate of this authority',
  }),
  allowFrom: setting({
    schema: list,
    flag: 'allow-from',
    description: 'client addresses or CIDR ranges that are served',
    shownDefault: 'all',
    example: '10.0.0.0/8',
  }),
  trustProxy: setting({
    schema: list,
    flag: 'trust-proxy',
    description: 'addresses or CIDR ranges whose X-Forwarded-For is believed',
    shownDefault: 'none',
  }),
  allowedHosts: setting({
    schema: list,
    flag: 'allowed-hosts',
    description: 'host names in requests that are served beside the own address',
  }),
  allowedOrigins: setting({
    schema: list,
    flag: 'allowed-origins',
    description: 'web origins that are served; requests without Origin always are',
    shownDefault: 'none',
  }),
  authToken: setting({
    schema: z.string().min(16, 'expected at least 16 characters').optional(),
    env: 'MCP_AUTH_TOKEN',
    secret: true,
    description: 'bearer token, or name:ceiling:token entries separated by commas; several are valid at once',
  }),
  oauthIssuer: setting({
    schema: address.optional(),
    flag: 'oauth-issuer',
    description: 'OAuth 2.1: authorization server whose tokens are accepted',
  }),
  oauthAudience: setting({
    schema: z.string().min(1).max(500).optional(),
    flag: 'oauth-audience',
    description: 'OAuth 2.1: audience that tokens must be for, the public address of this server',
  }),
  oauthJwks: setting({
    schema: address.optional(),
    flag: 'oauth-jwks',
    description: 'OAuth 2.1: address of the keys that sign tokens',
    shownDefault: "from the issuer's metadata",
  }),
  stateRedisUrl: setting({
    schema: z.url({ protocol: /^rediss?$/, error: 'expected redis://… or rediss://…' }).optional(),
    env: 'MCP_STATE_REDIS_URL',
    secret: true,
    description: 'Redis in which replicas share used plan codes and second factors',
    shownDefault: 'the state folder',
  }),
});
