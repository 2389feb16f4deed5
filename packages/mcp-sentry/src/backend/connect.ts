import { type ConnectContext, ToolError } from '@cinecom/mcp-core';
import type { SentrySettings } from '../settings.ts';
import type { SentryBackend } from './port.ts';

export async function connect(context: ConnectContext<SentrySettings>): Promise<SentryBackend> {
  throw new ToolError('not_configured', `nothing is there yet for ${context.settings.url}`);
}
