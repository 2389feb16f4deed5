import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ToolError } from '@cinecom/mcp-core';
import {
  findTools,
  freeBytes,
  openPgbackrest,
  scratchIdentity,
  type Identity,
  type Pgbackrest,
  type Tools,
} from '@cinecom/pg-backup';
import type { PostgresSettings } from '../../settings.ts';

/** @throws ToolError `not_configured` */
export function neededStore({ backupDir }: Pick<PostgresSettings, 'backupDir'>): string {
  if (backupDir !== undefined) return backupDir;
  throw new ToolError('not_configured', 'no folder for backups is set', {
    hint: 'An operator sets --backup-dir to a folder on another disk than the data, of this account alone.',
  });
}

/** The stanza, as the account of `--scratch-user` where this server runs as root. @throws ToolError `not_configured`, MissingToolError */
export function neededStanza(tools: Tools, settings: PostgresSettings): Promise<Pgbackrest> {
  const { pgbackrestStanza: stanza } = settings;
  if (stanza === undefined)
    throw new ToolError('not_configured', 'no stanza of pgBackRest is set', {
      hint: 'An operator sets --pgbackrest-stanza.',
    });
  return openPgbackrest({ tools, stanza, identity: scratchPlace(settings).identity, environment: process.env });
}

/** Text of the file with the secret key. @throws ToolError `not_configured` */
export async function neededIdentity({
  backupIdentityFile: file,
}: Pick<PostgresSettings, 'backupIdentityFile'>): Promise<string> {
  const hint =
    'An operator sets --backup-identity-file to the file with the secret age key, only where restores are tested.';
  if (file === undefined) throw new ToolError('not_configured', 'the backup is encrypted, and no key is set', { hint });
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ToolError('not_configured', 'the file of --backup-identity-file cannot be read', { hint, cause });
  });
}

/** Where restored copies run, and as whom. @throws ToolError `not_configured` */
export function scratchPlace({ scratch, scratchUser }: Pick<PostgresSettings, 'scratch' | 'scratchUser'>): {
  readonly folder: string;
  readonly identity: Identity | undefined;
} {
  try {
    return { folder: scratch ?? join(tmpdir(), 'cinecom-scratch'), identity: scratchIdentity(scratchUser) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ToolError('not_configured', why, { hint: 'An operator names one with --scratch-user.', cause: error });
  }
}

/** Programs for a server of that major, where `--pg-bin` says or where they usually are. */
export function toolsFor(
  major: number,
  { pgBin }: Pick<PostgresSettings, 'pgBin'>,
  signal: AbortSignal,
): Promise<Tools> {
  return findTools(major, { bin: pgBin, path: process.env.PATH ?? '', signal });
}

/** Bytes free where a folder is, or will be. */
export async function freeBytesAt(folder: string): Promise<number> {
  try {
    return await freeBytes(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return freeBytesAt(dirname(folder));
  }
}
