import type { Pgbackrest } from './client.ts';

/** One backup of a stanza, as `info` tells it. */
export interface StanzaBackup {
  /** `20261125-234340F`. */
  readonly label: string;
  readonly type: 'full' | 'diff' | 'incr';
  /** Page checksums failed while it was made. */
  readonly error: boolean;
  /** UTC ms, whole seconds. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Of the repository that it adds. */
  readonly bytes: number;
  /** Of the cluster that it brings back. */
  readonly restoredBytes: number;
  /** First and last WAL segment that it needs. */
  readonly wal: { readonly start: string; readonly stop: string };
  /** Folder of that WAL in the archive, `15-1`. */
  readonly archive: string;
}

export interface StanzaInfo {
  /** Oldest first. */
  readonly backups: readonly StanzaBackup[];
  /** Newest archived segment, by archive folder. */
  readonly newestWal: Readonly<Record<string, string>>;
  /** Decimal, by archive folder. */
  readonly systemIdentifiers: readonly string[];
}

interface Told {
  readonly status: { readonly code: number; readonly message: string };
  readonly archive: readonly { readonly id: string; readonly max: string | null }[];
  readonly db: readonly { readonly 'system-id': unknown }[];
  readonly backup: readonly {
    readonly label: string;
    readonly type: StanzaBackup['type'];
    readonly error?: boolean;
    readonly archive: { readonly start: string; readonly stop: string };
    readonly database: { readonly id: number; readonly 'repo-key': number };
    readonly timestamp: { readonly start: number; readonly stop: number };
    readonly info: { readonly size?: number; readonly repository: { readonly delta?: number } };
  }[];
}

/** @throws Error when pgBackRest does not answer, or knows no such stanza */
export async function readInfo(pgbackrest: Pgbackrest, signal: AbortSignal): Promise<StanzaInfo> {
  const end = await pgbackrest.run('info', ['--output=json'], signal);
  signal.throwIfAborted();
  if (end.outcome !== 'ok') throw new Error(`pgbackrest info failed: ${end.why}`);
  return parseInfo(end.output);
}

/** `no valid backups`: the stanza is there, and empty. */
const noBackups = 2;

/** @throws Error when it is no such text, or pgBackRest says that something is wrong with the stanza */
export function parseInfo(text: string): StanzaInfo {
  // A system identifier has more digits than a number of JavaScript.
  const whole = text.replaceAll(/"system-id":(\d+)/g, '"system-id":"$1"');
  const [told] = JSON.parse(whole) as readonly Told[];
  if (told === undefined) throw new Error('pgbackrest knows no such stanza');
  if (told.status.code !== 0 && told.status.code !== noBackups) {
    throw new Error(`pgbackrest says of the stanza: ${told.status.message}`);
  }
  return {
    backups: told.backup.map((one) => ({
      label: one.label,
      type: one.type,
      error: one.error ?? false,
      startedAt: one.timestamp.start * 1000,
      stoppedAt: one.timestamp.stop * 1000,
      bytes: one.info.repository.delta ?? 0,
      restoredBytes: one.info.size ?? 0,
      wal: one.archive,
      archive: told.archive.find(({ id }) => id.endsWith(`-${one.database.id}`))?.id ?? '',
    })),
    newestWal: Object.fromEntries(told.archive.flatMap(({ id, max }) => (max === null ? [] : [[id, max]]))),
    systemIdentifiers: told.db.map((one) => String(one['system-id'])),
  };
}
