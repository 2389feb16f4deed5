import { describeSettings, type Server, type SettingRow } from '@cinecom/mcp-core';
import type { PackageFacts } from './package-facts.ts';

/** A server as clients are told of it. */
export interface Listed {
  readonly server: Server;
  readonly facts: PackageFacts;
}

/** The name a server has in a client's configuration: `postgres-admin`. */
export function shortName({ server }: Listed): string {
  return server.name.replace(/^mcp-/, '');
}

/** What has to be set before a server can answer, with an example each. */
export function neededSettings({ server }: Listed): readonly (SettingRow & { readonly env: string })[] {
  return describeSettings(server.settings).filter(
    (row): row is SettingRow & { readonly env: string } => row.required && row.env !== undefined,
  );
}

/** Files that make several servers known to a client, by the path at which it looks for them in a project. */
export function clientConfigs(servers: readonly Listed[]): Readonly<Record<string, string>> {
  const entries = (valueOf: ValueOf, allow = 'read') =>
    Object.fromEntries(servers.map((listed) => [shortName(listed), entry(listed, valueOf, allow)]));
  return {
    '.mcp.json': json({ mcpServers: typed(entries((row) => `\${${row.env}}`, '${MCP_ALLOW:-read}')) }),
    'claude_desktop_config.json': json({ mcpServers: entries((row) => row.example ?? '') }),
    '.cursor/mcp.json': json({ mcpServers: typed(entries((row) => `\${env:${row.env}}`)) }),
    '.vscode/mcp.json': json({
      inputs: servers.flatMap((listed) => neededSettings(listed).map(askedInput)),
      servers: typed(entries((row) => `\${input:${inputName(row)}}`)),
    }),
    '.codex/config.toml': servers.map(codexTable).join('\n'),
  };
}

type Needed = SettingRow & { readonly env: string };
type ValueOf = (row: Needed) => string;
type Entry = ReturnType<typeof entry>;

/** How a server is started from npm. */
export function entry(
  listed: Listed,
  valueOf: ValueOf,
  allow?: string,
): { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const env = Object.fromEntries(neededSettings(listed).map((row) => [row.env, valueOf(row)]));
  return {
    command: 'npx',
    args: ['-y', listed.facts.name],
    env: allow === undefined ? env : { ...env, MCP_ALLOW: allow },
  };
}

function typed(entries: Readonly<Record<string, Entry>>): Readonly<Record<string, Entry & { readonly type: string }>> {
  return Object.fromEntries(Object.entries(entries).map(([name, each]) => [name, { type: 'stdio', ...each }]));
}

function inputName(row: Needed): string {
  return row.env.toLowerCase().replaceAll('_', '-');
}

function askedInput(row: Needed): Readonly<Record<string, unknown>> {
  return {
    type: 'promptString',
    id: inputName(row),
    description: `${row.env}: ${row.description}`,
    password: row.secret,
  };
}

/** Codex hands on only the variables that are named. */
export function codexTable(listed: Listed): string {
  const { command, args } = entry(listed, () => '');
  return `[mcp_servers.${shortName(listed)}]
command = ${JSON.stringify(command)}
args = [${args.map((each) => JSON.stringify(each)).join(', ')}]
env_vars = [${neededSettings(listed)
    .map((row) => JSON.stringify(row.env))
    .join(', ')}]
env = { MCP_ALLOW = "read" }
`;
}

function json(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
