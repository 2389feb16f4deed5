import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyLog } from '@cinecom/mcp-core/audit';
import { tempState } from '@cinecom/mcp-core/testing';
import { type SentryDouble, type SentryOptions, startSentry } from '@cinecom/testbed';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tools } from '../src/tools/index.ts';
import { openBinary, runCommand } from './support/binary.ts';
import { fillCinema } from './support/cinema.ts';
import { plainInputs } from './support/inputs.ts';

const definitions = new URL('definitions/', import.meta.url);
const names = tools.map(({ name }) => name);
const reading = tools.filter(({ risk }) => risk === 'read').map(({ name }) => name);

async function cinema(options: SentryOptions = {}): Promise<SentryDouble> {
  const sentry = await startSentry(options);
  fillCinema(sentry);
  onTestFinished(async () => {
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  return sentry;
}

async function state() {
  const made = await tempState();
  onTestFinished(() => made.remove());
  return made;
}

describe.each(['modern', 'legacy'] as const)('the built server over stdio in the %s era', (era) => {
  it('lists the tools that its ceiling allows, as the pinned definitions have them', async () => {
    const sentry = await cinema();
    await using small = await openBinary(sentry, { era });
    await using whole = await openBinary(sentry, { era, argv: ['--allow', 'write'] });
    const listed = async (client: typeof small) =>
      (await client.server.client.listTools()).tools.map(({ name }) => name).toSorted();
    expect(names).toHaveLength(21);
    expect(await listed(whole)).toEqual(names.toSorted());
    expect(await listed(small)).toEqual(reading.toSorted());
    if (!existsSync(definitions)) return; // not generated yet
    expect((await readdir(definitions)).toSorted()).toEqual(names.map((name) => `${name}.json`).toSorted());
    for (const tool of (await whole.server.client.listTools()).tools) {
      const pinned = JSON.parse(await readFile(new URL(`${tool.name}.json`, definitions), 'utf8')) as typeof tool;
      expect(tool).toMatchObject({ description: pinned.description, inputSchema: pinned.inputSchema });
    }
  });

  it('says what fails, and proves that it said so', async () => {
    const sentry = await cinema();
    await using client = await openBinary(sentry, { era });
    expect(await client.ask('sentry_overview')).toMatch(/^CRITICAL: [^]*`movie-service`/);
    expect(await client.ask('sentry_search_issues')).toContain('座席');
    await client.server.close();
    const folder = join(client.state.dir, 'mcp-sentry');
    expect(await verifyLog({ dir: join(folder, 'audit'), marksDir: join(folder, 'marks') })).toMatchObject({
      verdict: 'ok-unsigned',
      unfinished: [],
    });
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('answers with data instead of text where that is asked for', async () => {
    await using client = await openBinary(await cinema(), { era, argv: ['--results', 'structured'] });
    expect(await client.call('sentry_search_issues', { query: 'is:unresolved level:error' })).toMatchObject({
      content: [],
      structuredContent: { issues: [{ issue: 'MOVIE-SERVICE-1', level: 'error' }] },
    });
  });

  it('tells in every call which variable is missing', async () => {
    await using client = await openBinary(
      { url: 'http://127.0.0.1:1', token: '' },
      { era, argv: ['--allow', 'write'] },
    );
    expect((await client.server.client.listTools()).tools).toHaveLength(21);
    for (const name of names) {
      const { code, text } = await client.refusal(name, plainInputs[name]);
      expect(`${code} ${text}`).toMatch(/^not_configured .*SENTRY_AUTH_TOKEN/);
    }
  });
});

describe('the command line', () => {
  it('checks the way to Sentry: address, scopes, projects, what it can, clocks', async () => {
    const sentry = await cinema();
    const { env } = await state();
    const { code, stdout, stderr } = await runCommand(sentry, ['check', '--project', 'movie-service'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('holds org:read, project:read');
    expect(stdout).toContain('2 visible in acme, 1 in scope');
    expect(stdout).toContain('workflows present');
    expect(stdout).toContain('within 5 s of this machine');
    expect(stdout).not.toContain(sentry.token);
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it.each([
    ['http://0123456789abcdef0123456789abcdef@HOST/103', 'SENTRY_DSN: project 103 at 127.0.0.1', 'ok'],
    ['https://xxx@xxx.ingest.sentry.io/xxx', 'SENTRY_DSN holds a placeholder', 'warning'],
    ['https://0123456789abcdef0123456789abcdef@other.example/1', '--url another server', 'warning'],
  ])('says of the DSN %s: %s', async (dsn, said, status) => {
    const sentry = await cinema();
    const { env } = await state();
    const own = { ...env, SENTRY_DSN: dsn.replace('HOST', new URL(sentry.url).host) };
    const { stdout } = await runCommand(sentry, ['check'], { env: own });
    const row = stdout.split('\n').find((line) => /^\w+ +DSN /.test(line));
    expect(row).toContain(said);
    expect(row).toMatch(new RegExp(`^${status} `));
    expect(stdout).not.toContain('0123456789abcdef');
  });

  it('names an environment of the settings that no event came from', async () => {
    const sentry = await cinema();
    const { env } = await state();
    const { stdout } = await runCommand(sentry, ['check', '--sentry-environment', 'prod'], { env });
    expect(stdout).toMatch(/warning +environments +no event came from prod; known: production/);
  });

  it('names the scopes that a token lacks, and a project that is not there', async () => {
    const sentry = await cinema({ scopes: ['org:read', 'project:read'] });
    const { env } = await state();
    const { stdout } = await runCommand(sentry, ['check', '--project', 'movie-service,gone'], { env });
    expect(stdout).toContain('not visible: gone');
    expect(stdout).toMatch(/missing .*event:read/);
  });

  it('ends with a status that a script can read', async () => {
    const sentry = await cinema();
    const { env } = await state();
    const run = async (where: typeof sentry | { url: string; token: string }, ...argv: string[]) =>
      (await runCommand(where, argv, { env })).code;
    const nowhere = { url: 'http://127.0.0.1:1', token: sentry.token };
    expect(await run(sentry, 'call', 'sentry_overview')).toBe(0);
    expect(await run(sentry, 'call', 'sentry_overview', '--fail-on', 'critical')).toBe(11);
    expect(await run(sentry, 'call', 'sentry_issue', 'issue=not a reference')).toBe(2);
    expect(await run(sentry, 'call', 'sentry_check_ingest', 'project=movie-service')).toBe(3);
    expect(
      await run(
        sentry,
        'call',
        'sentry_triage_issues',
        'issues=["MOVIE-SERVICE-1"]',
        'status=resolved',
        '--allow',
        'write',
      ),
    ).toBe(4);
    expect(await run(nowhere, 'call', 'sentry_overview')).toBe(5);
    expect(await run(nowhere, 'check')).toBe(5);
    expect(await run({ url: sentry.url, token: '' }, 'check')).toBe(2);
    expect(await run({ url: sentry.url, token: 'sntryu_wrong' }, 'call', 'sentry_overview')).toBe(1);
    expect(await run({ url: sentry.url, token: 'sntrys_wrong' }, 'call', 'sentry_overview')).toBe(2);
  });
});
