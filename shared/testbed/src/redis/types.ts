import type { ServerProcess } from '../host/server-process.ts';

/** PEM files; the server shows this certificate and asks clients for none. */
export interface RedisTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

export interface RedisOptions {
  /** TLS only; no plain port is open then. */
  readonly tls?: RedisTls;
  /** Of the user `default`. */
  readonly password?: string;
  /** The test stops and starts the server, so it must be one of its own. */
  readonly control?: boolean;
}

export interface RedisServer extends ServerProcess {
  readonly source: 'address' | 'system';
  /** With the password, as `MCP_STATE_REDIS_URL` takes it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}
