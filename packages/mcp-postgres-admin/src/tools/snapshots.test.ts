import { type Json, type JsonStore, ToolError } from '@cinecom/mcp-core';
import { describe, expect, it } from 'vitest';
import { healthyFacts, moment } from '../../test/support/reading.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { earlierCounters, keptSnapshots, snapshotIfDue } from './snapshots.ts';

const minute = 60_000;

function memory(): JsonStore & { readonly files: Map<string, Json> } {
  const files = new Map<string, Json>();
  return {
    files,
    read: async (name) => files.get(name),
    write: async (name, value) => void files.set(name, value),
  };
}

/** A call at a time, over a backend that takes a snapshot of that time. */
function callAt(now: number, store: JsonStore, systemId = healthyFacts.systemId) {
  const facts = { ...healthyFacts, systemId };
  const snapshot = { at: now, systemId, databases: [], sequences: [], checkpoints: undefined } as unknown as Snapshot;
  const backend = { facts: async () => facts, snapshot: async () => snapshot };
  return {
    facts,
    call: { backend, clock: { now: () => now }, signal: new AbortController().signal, state: { store } } as never,
  };
}

describe('snapshots', () => {
  it('are taken at most every ten minutes', async () => {
    const store = memory();
    for (const at of [0, 5, 10, 11, 30]) await snapshotIfDue(callAt(moment + at * minute, store).call);
    const { entries } = await keptSnapshots(store, healthyFacts);
    const recent = entries.filter((entry) => entry.slot.startsWith('r'));
    expect(recent.map((entry) => (entry.at - moment) / minute)).toEqual([0, 11, 30]);
  });

  it('give the counters of at least ten minutes ago, or the oldest there are', async () => {
    const store = memory();
    for (const at of [0, 11]) await snapshotIfDue(callAt(moment + at * minute, store).call);
    const at = async (later: number) => {
      const { call, facts } = callAt(moment + later * minute, store);
      return ((await earlierCounters(call, facts))?.at ?? 0) - moment;
    };
    expect([await at(12), await at(22)]).toEqual([0, 11 * minute]);
  });

  it('of another cluster or database are never mixed in', async () => {
    const store = memory();
    await snapshotIfDue(callAt(moment, store).call);
    const other = callAt(moment + minute, store, '7000000000000000002');
    expect(await earlierCounters(other.call, other.facts)).toBeUndefined();
    expect((await keptSnapshots(store, { ...healthyFacts, database: 'other' })).entries).toEqual([]);
  });

  it('that cannot be kept leave the answer good and say why', async () => {
    const full: JsonStore = {
      read: async () => undefined,
      write: () => Promise.reject(new ToolError('state_unavailable', 'state cannot be written (ENOSPC)')),
    };
    expect(await snapshotIfDue(callAt(moment, full).call)).toEqual([
      { what: 'changes over time', why: 'no snapshot could be kept: state cannot be written (ENOSPC)' },
    ]);
  });

  it('that are damaged count as not there', async () => {
    const damaged: JsonStore = { read: () => Promise.reject(new Error('damaged')), write: async () => undefined };
    expect((await keptSnapshots(damaged, healthyFacts)).entries).toEqual([]);
  });
});
