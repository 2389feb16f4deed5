import type { AdviceToTry, AdviceTrial } from './advice-trial.ts';
import type { OwnCheckOutcome } from '../analysis/overview/types.ts';
import type { ArchiverState } from './health.ts';
import type { Part } from './part.ts';

export type BackupKind = 'dump' | 'base' | 'pgbackrest';

export interface BackupRequest {
  readonly kind: BackupKind;
  /** Only pgBackRest knows others than full. */
  readonly type: 'full' | 'diff' | 'incr';
  readonly label: string | undefined;
}

/** What a backup is about to do, once all that it needs is there. */
export interface BackupPreflight {
  readonly database: string;
  readonly systemId: string;
  readonly store: string;
  /** Program and version, `pg_dump 15.18`. */
  readonly program: string;
  readonly expectedBytes: number;
  readonly freeBytes: number;
}

/** Of work that goes on: bytes so far, of all where known, and what it is at. */
export type WorkProgress = (done: number, total: number | undefined, text: string) => void;

/** Times are UTC ms. */
export interface BackupTaken {
  readonly id: string;
  readonly database: string;
  readonly bytes: number;
  readonly consistentAt: number;
  readonly elapsedMs: number;
  /** Level of verification passed right after. */
  readonly verified: number;
  /** Damage found right after, by file; none in a backup that can be trusted. */
  readonly damage: readonly string[];
  /** What could not be held, as passwords of roles. */
  readonly gaps: readonly string[];
  /** SHA-256 of the manifest. */
  readonly digest: string;
}

export interface RestoreTestRecord {
  readonly at: number;
  readonly result: string;
  readonly why: string;
  readonly recoveryMs: number | null;
}

/** One backup of the store. Times are UTC ms. */
export interface BackupPoint {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly label: string | null;
  readonly bytes: number;
  readonly consistentAt: number;
  readonly elapsedMs: number;
  /** Highest level passed: 0 none, 2 structure, 3 every byte, 4 restored and compared. */
  readonly verified: number;
  /** By file, with what is wrong. */
  readonly damage: readonly string[];
  readonly gaps: readonly string[];
  readonly encrypted: boolean;
  /** The newest one. */
  readonly lastTest: RestoreTestRecord | null;
}

/** The store as it is now. */
export interface BackupReading {
  readonly store: string;
  /** Of this database, newest first. */
  readonly points: readonly BackupPoint[];
  /** Backups of other databases or clusters in the same folder. */
  readonly others: number;
  readonly unreadable: readonly string[];
  readonly unfinished: number;
  /** Of pgBackRest, which keeps WAL. */
  readonly wal: {
    /** UTC ms of the last segment archived, as long as archiving works; null without a stanza. */
    readonly until: number | null;
    /** Segments that the archive lacks since the newest backup, the first five; empty where it was not asked. */
    readonly gaps: readonly string[];
  };
  /** Why pgBackRest could not be asked; null where it was, or was not to be. */
  readonly stanzaUnread: string | null;
}

export interface RestoreTestRequest {
  /** Of a backup; undefined = the newest. */
  readonly backup: string | undefined;
  /** The moment to recover to, ISO 8601; undefined = the end of the backup. Only pgBackRest keeps the WAL for it. */
  readonly targetTime: string | undefined;
  /** Percent of the tables whose rows are compared, 1–100. */
  readonly sample: number;
  /** To be built and timed on the copy, once it is compared. */
  readonly advice?: AdviceToTry | undefined;
}

export interface RestoreTested {
  readonly id: string;
  /** SHA-256 of the backup's manifest. */
  readonly digest: string;
  readonly database: string;
  readonly consistentAt: number;
  readonly result: 'faithful' | 'faithful-with-gaps' | 'different' | 'not-restorable' | 'unknown';
  readonly why: string;
  /** Wall time from the call to the verified service. */
  readonly recoveryMs: number;
  /** Commit time of the last transaction that recovery replayed, UTC ms; null when it replayed none. */
  readonly recoveredTo: number | null;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
  readonly compared: { readonly rows: number; readonly hashed: number; readonly objects: number };
  /** What is not identical, the first fifty of `outcomeCount`. */
  readonly outcomeCount: number;
  readonly outcomes: readonly {
    readonly verdict: string;
    readonly category: string;
    readonly name: string;
    readonly why: string;
  }[];
  /** What the scratch server refused. */
  readonly errors: readonly { readonly kind: string; readonly object: string; readonly why: string }[];
  readonly errorCount: number;
  readonly amcheck: string;
  readonly checks: readonly OwnCheckOutcome[];
  /** What kept the test from proving more, in words. */
  readonly notes: readonly string[];
  readonly advice?: AdviceTrial | undefined;
}

export interface Backups {
  /** @throws ToolError naming the setting, the program or the space that is missing */
  backupPreflight(request: BackupRequest, signal: AbortSignal): Promise<BackupPreflight>;
  /** Takes one backup and verifies its structure. What fails leaves nothing. @throws ToolError */
  takeBackup(request: BackupRequest, progress: WorkProgress, signal: AbortSignal): Promise<BackupTaken>;
  /**
   * Undefined: no store is configured.
   *
   * @param look `whole` asks pgBackRest as well whether it still has what it made; `quick` reads the folder only
   * @throws ToolError of the database
   */
  backups(look: 'quick' | 'whole', signal: AbortSignal): Promise<Part<BackupReading> | undefined>;
  /** The server's own archiving of WAL. */
  archiver(signal: AbortSignal): Promise<Part<ArchiverState>>;
  /** Which backup a test would restore, and where. @throws ToolError */
  restorePreflight(
    request: RestoreTestRequest,
    signal: AbortSignal,
  ): Promise<{ id: string; scratch: string; database: string }>;
  /** Restores into scratch, which is gone afterwards, and compares. @throws ToolError */
  testRestore(request: RestoreTestRequest, progress: WorkProgress, signal: AbortSignal): Promise<RestoreTested>;
}
