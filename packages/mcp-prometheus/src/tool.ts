import { toolsFor } from '@cinecom/mcp-core';
import type { PrometheusBackend } from './backend/port.ts';
import type { PrometheusSettings } from './settings.ts';

/** Declares a tool of this server. */
export const defineTool = toolsFor<PrometheusBackend, PrometheusSettings>();
