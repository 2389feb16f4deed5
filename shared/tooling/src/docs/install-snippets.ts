import { codexTable, entry, type Listed, neededSettings, shortName } from './client-configs.ts';

/** Install lines for the common clients, with what has to be set. */
export async function installSnippets(listed: Listed): Promise<string> {
  const { facts, server } = listed;
  const short = shortName(listed);
  const plain = entry(listed, (row) => row.example ?? '');
  const settings = neededSettings(listed)
    .map((row) => `-e '${row.env}=${row.example ?? ''}' `)
    .join('');
  const add = `claude mcp add --transport stdio ${short} ${settings}--`;
  const reading = (await server.tools()).filter((tool) => tool.risk === 'read');
  return [
    '**Claude Code**',
    fenced('sh', `${add} npx -y ${facts.name}`),
    `Installed (\`npm install -g ${facts.name}\`), the command is \`${facts.binaries.join('` or `')}\`; flags follow it:`,
    fenced('sh', `${add} ${facts.binaries[0]} --allow write`),
    'Claude Code asks before each call, also of tools that only read; these rules in `.claude/settings.json` let them pass:',
    fenced(
      'json',
      JSON.stringify({ permissions: { allow: reading.map((tool) => `mcp__${short}__${tool.name}`) } }, null, 2),
    ),
    '**Claude Desktop** (`claude_desktop_config.json`), **Cursor** (`.cursor/mcp.json`)',
    fenced('json', JSON.stringify({ mcpServers: { [short]: plain } }, null, 2)),
    '**VS Code** (`.vscode/mcp.json`)',
    fenced('json', JSON.stringify({ servers: { [short]: { type: 'stdio', ...plain } } }, null, 2)),
    '**Codex** (`~/.codex/config.toml`)',
    fenced('toml', codexTable(listed).trimEnd()),
    'Claude Desktop also installs the `.mcpb` file of a [release](https://github.com/cinecom/cinecom-ops/releases) and asks for the settings.',
  ].join('\n\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
