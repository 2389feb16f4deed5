import { describe, expect, it } from 'vitest';
import type { Json } from '@cinecom/mcp-core';
import type { SamplePoint } from '../../model/samples.ts';
import { openSampleStore } from './sample-store.ts';

const start = 1_800_000_000_000;

/** As the core keeps it: by text, under names of its grammar. */
function memory() {
  const files = new Map<string, string>();
  const checked = (name: string): string => {
    expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
    return name;
  };
  return {
    files,
    store: {
      read: async (name: string) => {
        const text = files.get(checked(name));
        return text === undefined ? undefined : (JSON.parse(text) as Json);
      },
      write: async (name: string, value: Json) => void files.set(checked(name), JSON.stringify(value)),
    },
  };
}

function point(at: number, cores: number): SamplePoint {
  const replica = { id: 'a', isReady: true, cores, workingSetBytes: cores * 1e6, throttled: undefined };
  return { at, services: { movie: [replica], __proto__x: [] } };
}

const key = `${'p'.repeat(30)}-0123456789ab`;

describe('kept samples', () => {
  it('are there for a day as they were, for eight days in five minutes, in a bounded number of files', async () => {
    const { files, store } = memory();
    const samples = openSampleStore(store, key);
    const hours = 30;
    const every = 60_000;
    for (let at = start; at < start + hours * 3_600_000; at += every)
      await samples.append(point(at, at === start ? 9 : 1));
    const now = start + hours * 3_600_000 - every;
    const recent = await samples.recent(now - 300_000, now);
    expect(recent.map(({ at }) => (now - at) / every)).toEqual([5, 4, 3, 2, 1, 0]);
    const day = await samples.recent(now - 86_400_000, now);
    expect(day).toHaveLength(1441);
    const history = (await samples.history(['movie'], start, now)).get('movie') ?? [];
    expect(history).toHaveLength(hours * 12 - 1);
    expect(history[0]).toMatchObject({ at: start, points: 5, cores: { max: 9 } });
    expect(new Set(history.map(({ at }) => at)).size).toBe(history.length);
    expect(files.size).toBeLessThanOrEqual(146 + 9);
  });

  it('go on where another process left them', async () => {
    const { store } = memory();
    await openSampleStore(store, key).append(point(start + 240_000, 2));
    await openSampleStore(store, key).append(point(start + 255_000, 4));
    await openSampleStore(store, key).append(point(start + 301_000, 1));
    const history = (await openSampleStore(store, key).history(['movie'], 0, start + 301_000)).get('movie');
    expect(history).toEqual([
      expect.objectContaining({ at: start, points: 2, cores: expect.objectContaining({ max: 4 }) }),
    ]);
  });

  it('tell nothing of what is over or of services that nobody knows', async () => {
    const { store } = memory();
    const samples = openSampleStore(store, key);
    await samples.append(point(start, 2));
    await samples.append(point(start + 300_000, 2));
    expect(await samples.history(['constructor'], 0, start + 300_000)).toEqual(new Map([['constructor', []]]));
    const later = start + 146 * 600_000;
    await samples.append(point(later, 2));
    expect(await samples.recent(start, later)).toEqual([point(later, 2)].map((one) => JSON.parse(JSON.stringify(one))));
    expect((await samples.history(['movie'], 0, start + 9 * 86_400_000)).get('movie')).toEqual([]);
  });
});
