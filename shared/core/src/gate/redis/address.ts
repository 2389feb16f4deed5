import { redisFault } from './fault.ts';

export interface RedisAddress {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/**
 * Reads `redis[s]://[user:password@]host[:port][/database]`; port 6379 and database 0 where they are left out.
 *
 * @throws ToolError `not_configured`, never showing the address
 */
export function parseRedisAddress(text: string): RedisAddress {
  if (!URL.canParse(text)) throw redisFault('address', 'MCP_STATE_REDIS_URL is no address');
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') {
    throw redisFault('address', 'MCP_STATE_REDIS_URL has a part after ? or #, which nothing here reads');
  }
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  if (database === undefined) throw redisFault('address', 'the database in MCP_STATE_REDIS_URL is no number');
  if (url.hostname === '') throw redisFault('address', 'MCP_STATE_REDIS_URL names no host');
  const password = decoded(url.password);
  if (url.username !== '' && password === undefined) {
    throw redisFault('address', 'MCP_STATE_REDIS_URL has a user and no password');
  }
  return {
    tls: url.protocol === 'rediss:',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    username: decoded(url.username),
    password,
    database: Number(database),
  };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray % is a URIError without a hint of where it came from.
    throw redisFault('address', 'user or password in MCP_STATE_REDIS_URL is not percent-encoded');
  }
}
