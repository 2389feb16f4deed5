import type { Server } from '@cinecom/mcp-core';

/** Every server, in the order of the tiers. A new server registers itself here, and all rings of tooling run over it. */
export const servers: Readonly<Record<string, () => Promise<Server>>> = {
  'mcp-postgres-admin': async () => (await import('@cinecom/mcp-postgres-admin')).server,
};
