import { commands } from '@cinecom/mcp-core';

/** The subcommands that every server has, as `help` shows them. */
export function commandsTable(): string {
  const rows = commands.map(({ usage, summary }) => `| \`mcp-x ${usage.replaceAll('|', '\\|')}\` | ${summary} |`);
  return ['| command | what |', '|---|---|', ...rows].join('\n');
}
