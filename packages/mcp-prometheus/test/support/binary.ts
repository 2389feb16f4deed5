import { fileURLToPath } from 'node:url';
import { type BuiltClient, type BuiltOptions, openBuilt } from '@cinecom/mcp-core/testing';

/** What is published, as `npm run build` leaves it. */
export const binary = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The built server against a Prometheus. */
export async function openBinary(url: string, options: BuiltOptions = {}): Promise<BuiltClient> {
  return openBuilt(binary, { ...options, env: { PROMETHEUS_URL: url, ...options.env } });
}
