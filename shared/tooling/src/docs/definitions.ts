import { type Server, toolDefinition } from '@cinecom/mcp-core';
import type { Generated } from './output.ts';

/** One file a tool: what a client sees, so that a change to it is seen in review. */
export async function definitionFiles(server: Server, folder: string): Promise<readonly Generated[]> {
  return (await server.tools()).map((tool) => ({
    path: `${folder}/test/definitions/${tool.name}.json`,
    content: `${JSON.stringify(toolDefinition(tool), null, 2)}\n`,
  }));
}
