import { describeSettings, type Server } from '@cinecom/mcp-core';
import type { PackageFacts } from './package-facts.ts';

const schema = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
const longestDescription = 100;

/** `server.json` for the MCP registry. */
export function serverJson(server: Server, facts: PackageFacts): string {
  const environmentVariables = describeSettings(server.settings)
    .filter((row) => row.env !== undefined)
    .map((row) => ({
      name: row.env,
      description: row.description,
      isRequired: row.required,
      isSecret: row.secret,
      format: 'string',
      ...(row.default === undefined ? {} : { default: row.default }),
    }));
  const content = {
    $schema: schema,
    name: facts.mcpName,
    title: server.title,
    description: shortened(facts.description),
    version: facts.version,
    repository: { url: 'https://github.com/cinecom/cinecom-ops', source: 'github', subfolder: facts.folder },
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

function shortened(text: string): string {
  if (text.length <= longestDescription) return text;
  return `${text.slice(0, text.lastIndexOf(' ', longestDescription - 1))}…`;
}
