import {
  coreSettings,
  describeSettings,
  type Server,
  type SettingRow,
  type SettingsDeclaration,
} from '@cinecom/mcp-core';
import { type PackageFacts, repository } from './package-facts.ts';
import { realDefault } from './real-default.ts';

/** Settings of the core that a person is asked for in a form; the others stay for the settings file. */
const askedCore = ['MCP_ALLOW', 'AUDIT_LOG_KEY'];

/** `manifest.json` of an MCP bundle (MCPB 0.4), by which a desktop client installs a server and asks for its settings. */
export async function mcpbManifest(server: Server, facts: PackageFacts): Promise<string> {
  const fields = { ...server.settings, ...coreSettings };
  const own = new Set(Object.keys(server.settings));
  const rows = describeSettings(fields).filter(
    ({ name, env }) => env !== undefined && (own.has(name) || askedCore.includes(env)),
  );
  const file = `node_modules/${facts.name}/dist/cli.js`;
  const content = {
    manifest_version: '0.4',
    name: server.name,
    display_name: server.title,
    version: facts.version,
    description: facts.description,
    author: { name: 'Cinecom', url: repository },
    repository: { type: 'git', url: `${repository}.git` },
    documentation: `${repository}/tree/main/${facts.folder}`,
    license: 'MIT',
    server: {
      type: 'node',
      entry_point: file,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${file}`],
        env: Object.fromEntries(rows.map((row) => [row.env, `\${user_config.${keyOf(row)}}`])),
      },
    },
    tools: (await server.tools()).map(({ name, title }) => ({ name, description: title })),
    ...(server.prompts === undefined ? {} : { prompts_generated: true }),
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: facts.node } },
    user_config: Object.fromEntries(rows.map((row) => [keyOf(row), userOption(row, fields)])),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The key of a setting in `user_config`: letters, digits and underscore, so that every client finds it in a placeholder. */
export function keyOf(row: SettingRow): string {
  return row.name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function userOption(row: SettingRow, fields: SettingsDeclaration): Readonly<Record<string, unknown>> {
  const words = keyOf(row).replaceAll('_', ' ');
  const choices = row.choices.length === 0 ? '' : ` (${row.choices.join(', ')})`;
  const filled = realDefault(row, fields);
  const value =
    filled === undefined || row.kind === 'text' || row.kind === 'list' ? filled : (JSON.parse(filled) as unknown);
  return {
    type: row.kind === 'number' || row.kind === 'boolean' ? row.kind : 'string',
    title: `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`,
    description: `${row.description}${choices}`,
    required: row.required,
    ...(row.secret ? { sensitive: true } : {}),
    ...(value === undefined ? {} : { default: value }),
  };
}
