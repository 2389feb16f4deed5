import { type ConnectedClient, openConnected } from '@cinecom/mcp-core/testing';
import { server } from '../../src/server.ts';

export type PrometheusClient = ConnectedClient;

/** This server over a real Prometheus. */
export async function openClient(
  url: string,
  options: { readonly argv?: readonly string[] } = {},
): Promise<PrometheusClient> {
  return openConnected(server, { ...options, env: { PROMETHEUS_URL: url } });
}
