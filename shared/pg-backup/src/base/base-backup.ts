import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { StepEnd } from '../dump/dump.ts';
import { programConnection } from '../process/connection.ts';
import { run } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

export interface BaseBackupOptions {
  readonly tools: Tools;
  /** Address with password, of a role with REPLICATION; the password goes by environment. */
  readonly connection: string;
  /** A folder; `base/` and, for tablespaces, `tablespaces/` are made in it and removed again when it fails. */
  readonly into: string;
  /** Where the tablespaces of the source lie, as the server says; each gets a folder here. */
  readonly tablespaces: readonly string[];
  /** Told when the server has named the end of the backup: what was committed by then is in it. */
  readonly onEnd?: () => void;
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Copies a whole cluster with the WAL that makes it consistent, plain and with SHA-256 of each file. Not yet verified. */
export async function baseBackup(options: BaseBackupOptions): Promise<StepEnd> {
  const { tools, into, signal } = options;
  const { address, env } = programConnection(options.connection);
  const folder = join(into, 'base');
  const mapped = join(into, 'tablespaces');
  const mappings = options.tablespaces.map(
    (place, index) => `${escaped(place)}=${escaped(join(mapped, String(index + 1)))}`,
  );
  if (mappings.length > 0) await mkdir(mapped, { mode: 0o700 });
  const end = await run({
    program: needTool(tools, 'pg_basebackup').path,
    argv: [
      '--format=plain',
      '--wal-method=stream',
      '--manifest-checksums=SHA256',
      '--checkpoint=fast',
      `--pgdata=${folder}`,
      ...mappings.map((mapping) => `--tablespace-mapping=${mapping}`),
      '--no-password',
      '--verbose',
      `--dbname=${address}`,
    ],
    env,
    onLine(line) {
      if (line.includes('write-ahead log end point')) options.onEnd?.();
      options.onLine?.(line);
    },
    signal,
  });
  if (end.outcome === 'ok') {
    await linkWithin(folder);
    return { outcome: 'ok', why: '', gaps: [], run: end };
  }
  for (const path of [folder, mapped]) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  return { outcome: end.outcome, why: end.why, gaps: [], run: end };
}

/** Links to tablespaces that stay right when the backup gets its name, or is copied. */
async function linkWithin(folder: string): Promise<void> {
  const links = join(folder, 'pg_tblspc');
  for (const name of await readdir(links)) {
    const path = join(links, name);
    const target = await readlink(path);
    await rm(path);
    await symlink(join('../../tablespaces', basename(target)), path);
  }
}

/** An equals sign in a path is told from the one between both. */
function escaped(path: string): string {
  return path.replaceAll('=', String.raw`\=`);
}
