import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, isAlive } from './processes.ts';
import { startReaper } from './reaper.ts';
import { serverIdentity } from './run-as.ts';

const prefix = 'cinecom-pg-';

/** Where PostgreSQL and the test bed itself write the pid of a server; the reaper's script knows the same. */
const pidFiles: readonly string[] = ['data/postmaster.pid', 'server.pid'];

/** Creates a folder for one server; its name tells which process owns it. */
export function createWorkFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const identity = serverIdentity();
  if (identity) chownSync(folder, identity.uid, identity.gid);
  return folder;
}

/** Pid of the server whose data lies in `folder`, while it runs. */
function runningServer(folder: string): number | undefined {
  return pidFiles.map((file) => pidIn(join(folder, file))).find((pid) => pid !== undefined && serves(pid, folder));
}

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch {
    return undefined; // no such file: not running
  }
}

function serves(pid: number, folder: string): boolean {
  return isAlive(pid) && commandLine(pid).includes(folder);
}

/** Removes what processes left behind that ended together with their reaper, as at a power cut. */
export function sweepStaleFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number(name.slice(prefix.length).split('-')[0]);
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    const folder = join(tmpdir(), name);
    const server = runningServer(folder);
    // a server that outlived its reaper gets another one, which waits for its end
    if (server !== undefined) startReaper(folder).dismiss();
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
