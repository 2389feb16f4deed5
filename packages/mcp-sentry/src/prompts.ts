import type { Prompt } from '@cinecom/mcp-core';

export const prompts: readonly Prompt[] = [];
