import type { Server } from '@cinecom/mcp-core';

/** Every server, in the order of the tiers. A new server registers itself here, and all rings of tooling run over it. */
export const servers: Readonly<Record<string, () => Promise<Server>>> = {
  'mcp-prometheus': async () => (await import('@cinecom/mcp-prometheus')).server,
  'mcp-postgres-admin': async () => (await import('@cinecom/mcp-postgres-admin')).server,
  'mcp-docker-compose': async () => (await import('@cinecom/mcp-docker-compose')).server,
  'mcp-sentry': async () => (await import('@cinecom/mcp-sentry')).server,
};

/** Which servers are set up together, by the name of the folder in `examples/`. */
export const tiers: Readonly<Record<string, readonly string[]>> = {
  'tier-1': ['mcp-sentry', 'mcp-prometheus', 'mcp-postgres-admin', 'mcp-docker-compose'],
  'tier-2': ['mcp-grafana', 'mcp-elasticsearch', 'mcp-discord', 'mcp-redis-admin'],
  'tier-3': ['mcp-kubernetes', 'mcp-security-scanner', 'mcp-backup-manager', 'mcp-audit-logger'],
};
