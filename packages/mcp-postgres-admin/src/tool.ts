import { toolsFor } from '@cinecom/mcp-core';
import type { PostgresBackend } from './backend/port.ts';
import type { PostgresSettings } from './settings.ts';

/** Declares a tool of this server. */
export const defineTool = toolsFor<PostgresBackend, PostgresSettings>();
