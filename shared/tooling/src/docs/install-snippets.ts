import { describeSettings, type Server } from '@cinecom/mcp-core';
import type { PackageFacts } from './package-facts.ts';

/** Install lines for the common clients, with the required settings as environment. */
export function installSnippets(server: Server, facts: PackageFacts): string {
  const env = Object.fromEntries(
    describeSettings(server.settings)
      .filter((row) => row.env !== undefined && row.example !== undefined && (row.required || row.secret))
      .slice(0, 1)
      .map((row) => [row.env!, row.example!]),
  );
  const short = server.name.replace(/^mcp-/, '');
  const flags = Object.entries(env)
    .map(([name, value]) => `-e '${name}=${value}' `)
    .join('');
  const entry = { command: 'npx', args: ['-y', facts.name], env };
  return [
    '**Claude Code**',
    fenced('sh', `claude mcp add --transport stdio ${short} ${flags}-- npx -y ${facts.name}`),
    '**Claude Desktop** (`claude_desktop_config.json`), **Cursor** (`.cursor/mcp.json`)',
    fenced('json', JSON.stringify({ mcpServers: { [short]: entry } }, null, 2)),
    '**VS Code** (`.vscode/mcp.json`)',
    fenced('json', JSON.stringify({ servers: { [short]: { type: 'stdio', ...entry } } }, null, 2)),
    `Installed (\`npm install -g ${facts.name}\`), the binary is \`${facts.binaries.join('` or `')}\`.`,
  ].join('\n\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
