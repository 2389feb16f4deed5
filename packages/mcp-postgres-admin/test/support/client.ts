import { type ConnectedClient, openConnected } from '@cinecom/mcp-core/testing';
import { server } from '../../src/server.ts';

export type PostgresClient = ConnectedClient;

/** This server on a real database. */
export async function openClient(
  url: string,
  options: NonNullable<Parameters<typeof openConnected>[1]> = {},
): Promise<PostgresClient> {
  return openConnected(server, { ...options, env: { DATABASE_URL: url, ...options.env } });
}
