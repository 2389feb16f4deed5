import { coreSettings, settingsTable } from '@cinecom/mcp-core';
import { read } from '../repository.ts';
import { servers, tiers } from '../servers.ts';
import { clientConfigs } from './client-configs.ts';
import { commandsTable } from './commands-table.ts';
import { definitionFiles } from './definitions.ts';
import { errorsTable } from './errors-table.ts';
import { installSnippets } from './install-snippets.ts';
import { replaceSection } from './markers.ts';
import { mcpbManifest } from './mcpb-manifest.ts';
import type { Generated } from './output.ts';
import { packageFacts } from './package-facts.ts';
import { serverJson } from './server-json.ts';
import { toolsTable } from './tools-table.ts';

/** Every generated file of the repository, as it should be now. */
export async function generate(): Promise<readonly Generated[]> {
  const perServer = await Promise.all(Object.keys(servers).map(serverFiles));
  return [
    document('README.md', { commands: commandsTable() }),
    document('README.ja.md', { commands: commandsTable() }),
    document('shared/core/README.md', { errors: errorsTable(), 'core-settings': settingsTable(coreSettings) }),
    ...perServer.flat(),
    ...(await Promise.all(Object.entries(tiers).map(([tier, names]) => tierFiles(tier, names)))).flat(),
  ];
}

/** A server tells its version itself; the package's manifest is where a release raises it. */
function withVersion(source: string, version: string): string {
  return source.replace(/^( {2}version: ')[^']*(',)$/m, `$1${version}$2`);
}

/** Client configurations of all servers of a tier that exist so far. */
async function tierFiles(tier: string, names: readonly string[]): Promise<readonly Generated[]> {
  const listed = await Promise.all(
    names.flatMap((name) => servers[name]?.().then((server) => ({ server, facts: packageFacts(name) })) ?? []),
  );
  if (listed.length === 0) return [];
  return Object.entries(clientConfigs(listed)).map(([path, content]) => ({
    path: `examples/${tier}/${path}`,
    content,
  }));
}

async function serverFiles(name: string): Promise<readonly Generated[]> {
  const server = await servers[name]!();
  const facts = packageFacts(name);
  return [
    document(`${facts.folder}/README.md`, {
      install: await installSnippets({ server, facts }),
      tools: await toolsTable(server),
      settings: `${settingsTable(server.settings)}\n\nSettings that every server has (ceiling, confirmation, audit, redaction, limits): [core](../../shared/core/README.md#settings-that-every-server-has).`,
    }),
    { path: `${facts.folder}/server.json`, content: serverJson(server, facts) },
    { path: `${facts.folder}/manifest.json`, content: await mcpbManifest(server, facts) },
    {
      path: `${facts.folder}/src/server.ts`,
      content: withVersion(read(`${facts.folder}/src/server.ts`), facts.version),
    },
    ...(await definitionFiles(server, facts.folder)),
  ];
}

function document(path: string, sections: Readonly<Record<string, string>>): Generated {
  const content = Object.entries(sections).reduce((text, [name, body]) => replaceSection(text, name, body), read(path));
  return { path, content };
}
