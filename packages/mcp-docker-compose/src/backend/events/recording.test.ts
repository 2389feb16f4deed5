import type { Json } from '@cinecom/mcp-core';
import { describe, expect, it } from 'vitest';
import { madeEvent } from '../../../test/support/made.ts';
import { openEventStore } from './event-store.ts';
import { createRecording } from './recording.ts';

const hour = 3_600_000;
const die = (at: number) => madeEvent('api', at, 'die', { exitCode: 1 });

/** A store of JSON in memory, as the state folder keeps it. */
function keptFiles() {
  const files = new Map<string, string>();
  const broken = new Set<string>();
  const store = {
    async read(name: string): Promise<Json | undefined> {
      const text = files.get(name);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    },
    async write(name: string, value: Json): Promise<void> {
      if (broken.has('disk')) throw new Error('the disk is full');
      files.set(name, JSON.stringify(value));
    },
  };
  return { files, broken, store };
}

describe('a recording', () => {
  it('keeps what it saw in a file an hour, and adds to what is there', async () => {
    const { files, store } = keptFiles();
    const events = openEventStore({ store }, 'cinema-1');
    for (const at of [10, hour + 10]) {
      const recording = createRecording(events);
      recording.add([die(at)]);
      recording.cover({ from: at - 10, to: at + 10 });
      expect(recording.waiting().events).toEqual([die(at)]);
      await recording.flush();
      expect(recording.waiting()).toEqual({ events: [], spans: [] });
    }
    expect([...files.keys()]).toEqual(['events-cinema-1-0', 'events-cinema-1-1']);
    const slots = await events.readAll({ from: 0, to: 2 * hour });
    expect(slots.flatMap((slot) => slot.events)).toEqual([die(10), die(hour + 10)]);
    expect(slots.flatMap((slot) => slot.spans)).toEqual([
      { from: 0, to: 20 },
      { from: hour, to: hour + 20 },
    ]);
  });

  it('goes on with what could not be written, and loses none of what comes meanwhile', async () => {
    const { broken, store } = keptFiles();
    const events = openEventStore({ store }, 'cinema-1');
    const recording = createRecording(events);
    recording.add([die(1)]);
    broken.add('disk');
    const failing = recording.flush();
    recording.add([die(2)]);
    expect(recording.waiting().events).toEqual([die(1), die(2)]);
    await expect(failing).rejects.toThrow('the disk is full');
    expect(recording.waiting().events).toEqual([die(1), die(2)]);
    broken.clear();
    await recording.flush();
    expect((await events.read(0)).events).toEqual([die(1), die(2)]);
  });

  it('takes the file of a week ago for an hour of now, and reads no old hour as a new one', async () => {
    const { files, store } = keptFiles();
    const events = openEventStore({ store }, 'cinema-1');
    for (let at = 0; at < 400; at += 1) await events.write({ hour: at, events: [die(at * hour)], spans: [] });
    expect(files.size).toBe(170);
    expect((await events.read(10)).events).toEqual([]);
    const week = await events.readAll({ from: 399 * hour - 7 * 24 * hour, to: 399 * hour });
    expect(week.flatMap((slot) => slot.events)).toHaveLength(7 * 24 + 1);
  });

  it('has names that the state store takes, for the longest key there is', async () => {
    const { files, store } = keptFiles();
    await openEventStore({ store }, 'k'.repeat(43)).write({ hour: 169, events: [], spans: [] });
    expect([...files.keys()][0]).toMatch(/^[a-z0-9-]{1,64}$/);
  });
});
