import { describeSettings, type Server } from '@cinecom/mcp-core';
import { type PackageFacts, repository } from './package-facts.ts';
import { realDefault } from './real-default.ts';

const schema = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/** `server.json` for the MCP registry. */
export function serverJson(server: Server, facts: PackageFacts): string {
  const environmentVariables = describeSettings(server.settings)
    .filter((row) => row.env !== undefined)
    .map((row) => {
      const value = realDefault(row, server.settings);
      return {
        name: row.env,
        description: row.description,
        isRequired: row.required,
        isSecret: row.secret,
        format: row.kind === 'number' || row.kind === 'boolean' ? row.kind : 'string',
        ...(value === undefined ? {} : { default: value }),
        ...(row.choices.length === 0 ? {} : { choices: row.choices }),
      };
    });
  const content = {
    $schema: schema,
    name: facts.mcpName,
    title: server.title,
    description: facts.description,
    version: facts.version,
    repository: { url: repository, source: 'github', subfolder: facts.folder },
    packages: [
      {
        registryType: 'npm',
        identifier: facts.name,
        version: facts.version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        environmentVariables,
      },
    ],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
