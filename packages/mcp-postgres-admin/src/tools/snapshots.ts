import { type Call, isToolError, type Json, type JsonStore, type NotExamined } from '@cinecom/mcp-core';
import type { EarlierCounters } from '../analysis/overview/types.ts';
import {
  expiredEntries,
  isSnapshotDue,
  nearestEntry,
  slotsFor,
  type SnapshotEntry,
  snapshotEveryMs,
} from '../analysis/snapshot-schedule.ts';
import type { DatabaseBackend } from '../backend/port.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { PostgresSettings } from '../settings.ts';

type PostgresCall = Call<DatabaseBackend, PostgresSettings>;

/** Kept snapshots of one database, oldest first. */
export interface KeptSnapshots {
  readonly entries: readonly SnapshotEntry[];
  read(entry: SnapshotEntry): Promise<Snapshot | undefined>;
  /** The snapshot nearest to a time, at most a tenth of the distance away and never less than 15 min. */
  near(at: number, now: number): Promise<Snapshot | undefined>;
}

/** Reads as empty what cannot be read: without a state folder answers speak of the lifetime since the last reset. */
export async function keptSnapshots(store: JsonStore, facts: ServerFacts): Promise<KeptSnapshots> {
  const prefix = prefixOf(facts);
  const index = await store.read(`${prefix}-index`).catch(() => undefined);
  const entries = (Array.isArray(index) ? (index as unknown as SnapshotEntry[]) : []).toSorted((a, b) => a.at - b.at);
  const read = async (entry: SnapshotEntry): Promise<Snapshot | undefined> => {
    const found = (await store.read(`${prefix}-${entry.slot}`).catch(() => undefined)) as unknown;
    // Another process may have replaced it since the index was read.
    return isSnapshot(found) && found.at === entry.at && found.systemId === facts.systemId ? found : undefined;
  };
  return {
    entries,
    read,
    async near(at, now) {
      const entry = nearestEntry(entries, at, Math.max(15 * 60_000, (now - at) / 10));
      return entry && read(entry);
    },
  };
}

/** What checks take differences from: the newest snapshot of at least ten minutes ago, else the oldest there is. */
export async function earlierCounters(call: PostgresCall, facts: ServerFacts): Promise<EarlierCounters | undefined> {
  const kept = await keptSnapshots(call.state.store, facts);
  const old = kept.entries.findLast((entry) => call.clock.now() - entry.at >= snapshotEveryMs) ?? kept.entries[0];
  const snapshot = old && (await kept.read(old));
  return snapshot && { ...snapshot, checkpoints: snapshot.checkpoints };
}

/**
 * Takes and keeps a snapshot when the last one is older than ten minutes.
 *
 * @returns why it could not be kept, if so: the answer is good all the same
 */
export async function snapshotIfDue(call: PostgresCall): Promise<readonly NotExamined[]> {
  const { backend, clock, signal, state } = call;
  const facts = await backend.facts(signal);
  const { entries } = await keptSnapshots(state.store, facts);
  if (!isSnapshotDue(entries, clock.now())) return [];
  const snapshot = await backend.snapshot(signal);
  return keep(state.store, prefixOf(facts), { entries, snapshot }).then(
    () => [],
    (error: unknown) => [{ what: 'changes over time', why: `no snapshot could be kept: ${reasonOf(error)}` }],
  );
}

async function keep(
  store: JsonStore,
  prefix: string,
  { entries, snapshot }: { readonly entries: readonly SnapshotEntry[]; readonly snapshot: Snapshot },
): Promise<void> {
  const json = JSON.parse(JSON.stringify(snapshot)) as Json;
  const bytes = JSON.stringify(json).length;
  const slots = slotsFor(entries, snapshot.at);
  for (const slot of slots) await store.write(`${prefix}-${slot}`, json);
  const now = [
    ...entries.filter((entry) => !slots.includes(entry.slot)),
    ...slots.map((slot) => ({ slot, at: snapshot.at, bytes })),
  ];
  const expired = expiredEntries(now, snapshot.at);
  for (const { slot } of expired) await store.write(`${prefix}-${slot}`, null);
  await store.write(
    `${prefix}-index`,
    now.filter((entry) => !expired.includes(entry)).map(({ slot, at, bytes: size }) => ({ slot, at, bytes: size })),
  );
}

/** Cluster and database, in the grammar of store names. */
function prefixOf({ systemId, database }: ServerFacts): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(database)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `snap-${systemId}-${hash.toString(16)}`;
}

function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'at' in value && 'systemId' in value;
}

function reasonOf(error: unknown): string {
  return isToolError(error) ? error.message : 'the state folder cannot be written';
}
