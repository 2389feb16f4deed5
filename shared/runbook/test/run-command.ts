import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const command: string = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** A folder with a runbook and the servers of the tests, in which the built command runs. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file; gives its path. */
  write(name: string, text: string): Promise<string>;
  start(...args: readonly string[]): Running;
  run(...args: readonly string[]): Promise<Ended>;
  /** Servers that were started and still run. */
  serversAlive(): Promise<readonly number[]>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the text when stderr holds it. */
  stderrHas(pattern: RegExp): Promise<string>;
}

const node = process.execPath;
const env = { PID_FOLDER: '${DESK_FOLDER}' };
const older = (manner: string): object => ({ command: node, args: [fixture('older-server.mjs'), manner], env });

/** @param runbook YAML of `morning.yaml` */
export async function openDesk(runbook: string): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'cinecom-runbook-test-'));
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const desk = (...args: readonly string[]): object => ({
    command: node,
    args: [fixture('desk.mjs'), ...args],
    env: { ...env, CINECOM_STATE_DIR: '${DESK_FOLDER}' },
  });
  const mcpServers = {
    desk: desk(),
    'desk-writes': desk('--allow', 'write'),
    weather: older('polite'),
    dies: older('dies'),
    broken: older('broken'),
    mute: older('mute'),
    absent: { command: join(folder, 'no-such-program') },
    wrapped: { command: node, args: [fixture('wrapper.mjs'), fixture('older-server.mjs'), 'stubborn'], env },
  };
  await write('servers.json', JSON.stringify({ mcpServers }));
  await write('morning.yaml', runbook);
  const start = (...args: readonly string[]): Running => watch(folder, args);
  return {
    folder,
    write,
    start,
    run: (...args) => start(...args).ended,
    async serversAlive() {
      const files = (await readdir(folder)).filter((name) => name.endsWith('.pid'));
      if (files.length === 0) throw new Error('no server was started at all');
      const running = await Promise.all(files.map(async (name) => ((await isAlive(name.slice(0, -4))) ? name : '')));
      return running.filter((name) => name !== '').map((name) => Number(name.slice(0, -4)));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function watch(folder: string, args: readonly string[]): Running {
  const words = args.includes('--servers') ? args : [...args, '--servers', 'servers.json'];
  const child = spawn(node, [command, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', DESK_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr,
  }));
  const stderrHas = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(stderr);
      if (found) return found[1] ?? found[0];
      if (child.exitCode !== null) throw new Error(`${String(pattern)} is not in: ${stderr}`);
      await Promise.race([once(child.stderr, 'data'), ended]);
    }
  };
  return { child, ended, stderrHas };
}

/** Whether a process runs: neither gone nor a dead one that nobody has waited for. */
async function isAlive(pid: string): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    // It has ended.
    return false;
  }
}
