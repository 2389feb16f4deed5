import { toolsFor } from '@cinecom/mcp-core';
import type { SentryBackend } from './backend/port.ts';
import type { SentrySettings } from './settings.ts';

/** Declares a tool of this server. */
export const defineTool = toolsFor<SentryBackend, SentrySettings>();
