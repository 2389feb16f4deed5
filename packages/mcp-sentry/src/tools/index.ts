import type { Tool } from '@cinecom/mcp-core';
import type { SentryBackend } from '../backend/port.ts';
import type { SentrySettings } from '../settings.ts';

/** All tools, in the order of the table in the README. */
export const tools: readonly Tool<SentryBackend, SentrySettings>[] = [];
