import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { help } from '../src/command/help.ts';
import { parseRunbook, parseServers } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`README.md has no ${language} block`);
  return found;
}

it('shows a runbook and a servers file that are right', async () => {
  const runbook = await parseRunbook(block('yaml'), 'README.md');
  const wanted = runbook.steps.map((step) => step.server);
  const servers = parseServers(block('json'), 'README.md', wanted, { DATABASE_URL: 'postgresql://db' });
  expect([...servers.keys()]).toEqual(['postgres']);
});

it('tells of every option and every status', () => {
  const named = [...help.matchAll(/--[a-z-]+/g)].map(([option]) => option);
  expect(named.filter((option) => !['--version', '--help'].includes(option) && !readme.includes(option))).toEqual([]);
  const statuses = [...readme.matchAll(/^\| (\d+) /gm)].map((match) => match[1]);
  for (const status of statuses) expect(help).toMatch(new RegExp(`\\b${status}\\b`));
});
