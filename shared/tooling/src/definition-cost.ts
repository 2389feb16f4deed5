import { type Server, toolDefinition } from '@cinecom/mcp-core';
import { encode } from 'gpt-tokenizer';

/** What a tool's definition costs a client that loads it. */
export interface DefinitionCost {
  readonly tool: string;
  readonly bytes: number;
  /** By the o200k tokeniser: a fair stand-in, as vendors' tokenisers differ by some ten percent. */
  readonly tokens: number;
}

export async function definitionCosts(server: Server): Promise<readonly DefinitionCost[]> {
  return (await server.tools()).map((tool) => {
    const text = JSON.stringify(toolDefinition(tool));
    return { tool: tool.name, bytes: Buffer.byteLength(text), tokens: encode(text).length };
  });
}
