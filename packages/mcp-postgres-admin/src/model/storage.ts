import type { DatabaseCounters } from './health.ts';
import type { Part } from './part.ts';
import type { ServerFacts } from './server-facts.ts';

export const storageKinds = ['database', 'schema', 'table', 'index', 'toast', 'wal', 'slots', 'temp'] as const;
export type StorageKind = (typeof storageKinds)[number];

/** Something that takes room. */
export interface StorageItem {
  /** Quoted and schema-qualified where it is an object. */
  readonly name: string;
  readonly bytes: number;
}

export interface WalFolder {
  readonly bytes: number;
  readonly maxBytes: number;
  /** Segments that wait to be archived; null = archiving is off or not told. */
  readonly ready: number | null;
}

export interface StorageReading {
  readonly facts: ServerFacts;
  /** UTC ms. */
  readonly at: number;
  readonly databases: readonly DatabaseCounters[];
  /** Of the kind asked for, largest first. */
  readonly items: Part<readonly StorageItem[]>;
  readonly wal: Part<WalFolder>;
}

export interface StorageReads {
  storage(by: StorageKind, signal: AbortSignal): Promise<StorageReading>;
}
