import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ownVersion } from '../version.ts';
import { main } from './main.ts';
import type { World } from './world.ts';

const desk = fileURLToPath(new URL('../../test/fixtures/desk.mjs', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Place extends AsyncDisposable {
  readonly folder: string;
  run(args: readonly string[], more?: Partial<World>): Promise<{ code: number; out: string; err: string }>;
}

/** A folder with a runbook and its servers, and the command in this process, with a terminal as the test plays it. */
async function place(steps: string, server?: object): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-runbook-'));
  const env = { PID_FOLDER: folder, CINECOM_STATE_DIR: folder };
  const entry = server ?? { command: process.execPath, args: [desk, '--allow', 'write'], env };
  await writeFile(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { desk: entry } }));
  await writeFile(join(folder, 'book.yaml'), `title: Book\nsteps:\n${steps}\n`);
  return {
    folder,
    async run(args, more) {
      const said = { out: '', err: '' };
      const world: World = {
        env: { TOKEN: 'of-the-environment' },
        out: async (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        onSignal: () => () => undefined,
        ask: undefined,
        exit: () => undefined,
        ...more,
      };
      const own = [join(folder, 'book.yaml'), '--servers', join(folder, 'servers.json')];
      return { code: await main(args[0] === 'run' ? [...own, ...args.slice(1)] : args, world), ...said };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe('a person at the terminal', () => {
  const steps = `  - { id: open-a, server: desk, tool: desk_open, input: { desk: A } }
  - { id: open-b, server: desk, tool: desk_open, input: { desk: B } }`;

  it('sees one plan after the other, and only what is typed right is done', async () => {
    await using at = await place(steps);
    let open = 0;
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => {
      open += 1;
      expect(open).toBe(1);
      questions.push(question);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return question.includes('open A') ? ' open-a\n' : 'yes';
    };
    const { code, out } = await at.run(['run', '--allow-changes', '--json'], { ask });
    expect(questions.toSorted()[0]).toBe(
      '\ndesk desk_open would change something:\nopen A\n1. unlock A\nTargets: desk A\nUndo: close it again\n\n' +
        'Type "open-a" to do it, anything else not to: ',
    );
    const [first, second] = (JSON.parse(out) as { steps: readonly object[] }).steps;
    expect(first).toMatchObject({ status: 'ok', result: { opened: 'A' } });
    expect(second).toMatchObject({ status: 'planned' });
    expect(code).toBe(4);
  });

  it('is really asked, on a real terminal', async () => {
    await using at = await place(steps.split('\n')[0] ?? '');
    const command = [process.execPath, cli, 'book.yaml', '--servers', 'servers.json', '--allow-changes', '--quiet'];
    const child = spawn('script', ['--quiet', '--return', '--command', command.join(' '), '/dev/null'], {
      cwd: at.folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    let answered = false;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      if (answered || !seen.includes('anything else not to:')) return;
      answered = true;
      child.stdin.write('open-a\n');
    });
    const [code] = (await once(child, 'close')) as [number];
    expect(seen).toContain('opened: A');
    expect(code).toBe(0);
  });
});

describe('a server over Streamable HTTP', () => {
  const token = 'a'.repeat(32);

  it('is asked with the headers of its entry, and counts as not started without them', async () => {
    await using at = await place('  - { id: a, server: desk, tool: desk_overview, input: { state: warning } }');
    const child = spawn(process.execPath, [desk, '--transport', 'http', '--port', '0'], {
      env: { PID_FOLDER: at.folder, CINECOM_STATE_DIR: at.folder, MCP_AUTH_TOKEN: token },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let url: string | undefined;
      for (let said = ''; url === undefined; url = /listening on (\S+)/.exec(said)?.[1]) {
        said += String((await once(child.stderr, 'data'))[0]);
      }
      const entry = (headers: object) =>
        writeFile(
          join(at.folder, 'servers.json'),
          JSON.stringify({ servers: { desk: { type: 'http', url, headers } } }),
        );
      await entry({ Authorization: `Bearer ${token}` });
      const { code, out } = await at.run(['run', '--fail-on', 'warning']);
      expect(out).toContain('**WARNING: a**');
      expect(out).toContain('mcp-desk 3.2.1 (MCP 2026-07-28)');
      expect(code).toBe(10);
      await entry({});
      const refused = await at.run(['run']);
      expect(refused.out).toContain('could not be started');
      expect(refused.code).toBe(5);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
});

describe('the command line', () => {
  it('tells its version and its help', async () => {
    await using at = await place('');
    expect(await at.run(['--version'])).toEqual({ code: 0, out: `${ownVersion}\n`, err: '' });
    expect((await at.run(['--help'])).out).toContain('cinecom-runbook check FILE');
  });

  it.each([
    [[], 'no runbook is given'],
    [['a.yaml', 'b.yaml'], 'one runbook at a time'],
    [['a.yaml', '--sevrers', 'x'], 'there is no --sevrers; did you mean "--servers"?'],
    [['a.yaml', '--input', 'x'], '--input "x" is not NAME=VALUE'],
    [['a.yaml', '--lang', 'fr'], '--lang is one of en, ja, not "fr"'],
    [['a.yaml', '--concurrency', '0'], '--concurrency is a number from 1 to 64'],
    [['a.yaml', '--start-timeout', 'soon'], '--start-timeout is a time from 1s to 10m'],
    [['nowhere.yaml'], 'the runbook nowhere.yaml cannot be read: there is no such file'],
    [['run', '--out', '/no/such/folder/report.md'], 'the report cannot be written to /no/such/folder/report.md'],
  ])('%j ends with 2 and says why', async (args, why) => {
    await using at = await place('  - { id: a, server: desk, tool: desk_overview }');
    const { code, err, out } = await at.run(args);
    expect(err).toContain(why);
    expect([code, out]).toEqual([2, '']);
  });

  it('writes the report whole, and leaves no other file', async () => {
    await using at = await place('  - { id: a, server: desk, tool: desk_overview }');
    const report = join(at.folder, 'report.md');
    expect(await at.run(['run', '--out', report, '--quiet'])).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(report, 'utf8')).toMatch(/^# Book\n\n\*\*OK\*\*/);
  });
});
