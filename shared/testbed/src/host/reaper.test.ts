import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from './processes.ts';
import { startReaper } from './reaper.ts';
import { createWorkFolder, sweepStaleFolders } from './work-folder.ts';

/** A work folder and a process that stands for its server: the command line says whose it is, as a real server's does. */
function createServedFolder(commandLine: (folder: string) => string) {
  const folder = createWorkFolder();
  const server = spawn('sleep', ['600'], { argv0: commandLine(folder), stdio: 'ignore' });
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'postmaster.pid'), `${server.pid}\n`);
  onTestFinished(() => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, server };
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the reaper', () => {
  it('ends the server and removes its folder when its owner is gone', async () => {
    const { folder, server } = createServedFolder((folder) => `postgres -D ${folder}/data`);
    const ended = once(server, 'exit');
    startReaper(folder).dismiss();
    expect(await ended).toEqual([null, 'SIGQUIT']);
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 5000);
  });

  it('leaves a process alone that only has the pid of a server long gone', async () => {
    const { folder, server } = createServedFolder(() => 'an innocent process');
    startReaper(folder).dismiss();
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 5000);
    expect(isAlive(server.pid ?? 0)).toBe(true);
  });
});

describe('the sweep at start', () => {
  it('removes folders of processes that are gone, and keeps those of living ones', async () => {
    const stale = mkdtempSync(join(tmpdir(), `cinecom-pg-${await deadPid()}-`));
    const { folder } = createServedFolder((folder) => `postgres -D ${folder}/data`);
    sweepStaleFolders();
    expect([existsSync(stale), existsSync(folder)]).toEqual([false, true]);
  });
});
