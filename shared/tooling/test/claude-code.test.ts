import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWithTool } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededSettings, shortName } from '../src/docs/client-configs.ts';
import { packageFacts } from '../src/docs/package-facts.ts';
import { type Installed, installPacked } from '../src/pack/install-packed.ts';
import { read, root } from '../src/repository.ts';
import { servers, tiers } from '../src/servers.ts';
import { type Claude, startClaude } from './support/claude.ts';
import { shellWords } from './support/shell-words.ts';

/** What `claude mcp add` was told, by the words of its line. */
function told(words: readonly string[]): {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
} {
  const end = words.indexOf('--');
  const [command = '', ...args] = words.slice(end + 1);
  const pairs = words.slice(0, end).flatMap((word, at) => (words[at - 1] === '-e' ? [word] : []));
  const env = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return { name: words[words.indexOf('stdio') + 1] ?? '', command, args, env };
}

/** Servers that Claude Code keeps for a project, by name. */
async function stored(claude: Claude, project: string): Promise<Readonly<Record<string, unknown>>> {
  const content = JSON.parse(await readFile(join(claude.config, '.claude.json'), 'utf8')) as {
    projects: Record<string, { mcpServers: Record<string, unknown> }>;
  };
  return content.projects[project]?.mcpServers ?? {};
}

describe.each(Object.keys(servers))('%s', (name) => {
  const facts = packageFacts(name);
  const readme = read(`${facts.folder}/README.md`);
  // a server over HTTP is somebody else's: nothing of it can be started here
  const linesOf = (text: string) => [...text.matchAll(/^claude mcp add --transport stdio .*$/gm)].map(([line]) => line);
  const lines = linesOf(readme);

  it('is added by two lines of its README: from npm, and as an installed command with a flag', () => {
    const install = linesOf(readme.slice(0, readme.indexOf('/generated:install')));
    expect(install.map((line) => told(shellWords(line)).command)).toEqual(['npx', facts.binaries[0]]);
  });

  describeWithTool('claude', 'in Claude Code', () => {
    let installed: Installed;
    let listed: { server: Awaited<ReturnType<(typeof servers)[string]>>; facts: typeof facts };

    beforeAll(async () => {
      installed = await installPacked(facts.folder);
      listed = { server: await servers[name]!(), facts };
    });
    afterAll(() => installed[Symbol.asyncDispose]());

    it.each(lines)('is stored as %s says, and connects', async (line) => {
      await using claude = await startClaude(installed.folder);
      const words = shellWords(line);
      const { name: short, ...wanted } = told(words);
      expect(await claude.run(words.slice(1))).toMatchObject({ exitCode: 0 });
      expect(await stored(claude, installed.folder)).toEqual({ [short]: { type: 'stdio', ...wanted } });

      const { stdout: list } = await claude.run(['mcp', 'list']);
      expect(list).toContain(`${short}: ${[wanted.command, ...wanted.args].join(' ')} - ✔ Connected`);
      const { stdout: details } = await claude.run(['mcp', 'get', short]);
      expect(details).toContain('Status: ✔ Connected');
      for (const [key, value] of Object.entries(wanted.env)) expect(details).toContain(`${key}=${value}`);
      expect(claude.networkCalls()).toBe(0);
    });

    describe('by the .mcp.json of its tier', () => {
      const tier = Object.keys(tiers).find((each) => tiers[each]?.includes(name)) ?? '';
      const filledIn = () => Object.fromEntries(neededSettings(listed).map((row) => [row.env, row.example ?? '']));

      /** A Claude Code whose user trusts the project's servers. */
      const trusting = async (): Promise<Claude> => {
        await copyFile(join(root, `examples/${tier}/.mcp.json`), join(installed.folder, '.mcp.json'));
        const claude = await startClaude(installed.folder);
        await mkdir(claude.config);
        await writeFile(
          join(claude.config, 'settings.json'),
          JSON.stringify({ enabledMcpjsonServers: [shortName(listed)] }),
        );
        return claude;
      };

      it('connects with the variables that are set, and takes the default of the other', async () => {
        await using claude = await trusting();
        const { stdout } = await claude.run(['mcp', 'get', shortName(listed)], filledIn());
        expect(stdout).toContain('Status: ✔ Connected');
        expect(await claude.serverLog()).not.toMatch(/is not set|filled in|expected/);
        expect(claude.networkCalls()).toBe(0);
      });

      it('hands a variable on in place of a default', async () => {
        await using claude = await trusting();
        await claude.run(['mcp', 'get', shortName(listed)], { ...filledIn(), MCP_ALLOW: 'sometimes' });
        expect(await claude.serverLog()).toContain('MCP_ALLOW is not valid');
      });

      it('connects without a needed variable too, and says which one nobody has filled in', async () => {
        await using claude = await trusting();
        const { stdout } = await claude.run(['mcp', 'get', shortName(listed)]);
        expect(stdout).toContain('Status: ✔ Connected');
        for (const row of neededSettings(listed)) {
          expect(await claude.serverLog()).toContain(`holds the variable ${row.env}, which nobody has filled in`);
        }
      });
    });
  });
});
