import { toolsFor } from '@cinecom/mcp-core';
import type { ComposeBackend } from './backend/port.ts';
import type { ComposeSettings } from './settings.ts';

/** Declares a tool of this server. */
export const defineTool = toolsFor<ComposeBackend, ComposeSettings>();
