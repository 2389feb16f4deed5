import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for backups and scratch servers, with what a server is told of it. */
export interface BackupFolder {
  readonly store: string;
  readonly scratch: string;
  readonly argv: readonly string[];
  /** Ids of the backups that are whole, oldest first. */
  points(): readonly string[];
  /** All that lies in the store or runs in scratch. */
  left(): {
    readonly store: readonly string[];
    readonly scratch: readonly string[];
    readonly processes: readonly string[];
  };
  remove(): void;
}

export function backupFolder(): BackupFolder {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  chmodSync(folder, 0o711); // the account of the scratch server goes through it
  const [store, scratch] = [join(folder, 'store'), join(folder, 'scratch')];
  return {
    store,
    scratch,
    argv: ['--allow', 'write', '--backup-dir', store, '--backup-plaintext', 'accepted', '--scratch', scratch],
    points: () => namesIn(store).filter((name) => /^\d{8}T\d{9}Z-[0-9a-f]{6}$/.test(name)),
    left: () => ({ store: namesIn(store), scratch: namesIn(scratch), processes: processesIn(scratch) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Turns one bit in the middle of the largest data file of a backup. @returns its path within the backup */
export function damageData(folder: string): string {
  const dump = join(folder, 'dump');
  const sizes = readdirSync(dump).map((name) => ({
    name,
    size: name === 'toc.dat' ? 0 : statSync(join(dump, name)).size,
  }));
  const { name } = sizes.toSorted((one, other) => other.size - one.size)[0] ?? { name: '' };
  const bytes = readFileSync(join(dump, name));
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(join(dump, name), bytes);
  return `dump/${name}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/** Programs, other than the watch, that name the folder in their command line. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return line.some((word) => word.includes(`${folder}/`)) && !line[0]?.includes('node') ? [line.join(' ')] : [];
      } catch {
        return [];
      }
    });
}
