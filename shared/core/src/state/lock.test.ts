import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempState } from '../testing/temp-state.ts';
import { acquireLock, holderOf } from './lock.ts';

describe('the lock of a daemon', () => {
  it('is held by a process that shows signs of life, and free half a minute after the last', async () => {
    await using state = await tempState();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const owner = { instance: 'other', host: hostname(), pid: other.pid };
      await writeFile(join(state.dir, 'lock.4'), JSON.stringify({ owner, beat: 1_000_000 }));
      expect(await acquireLock(state.dir, () => 1_029_999)).toEqual({ kind: 'held', pid: other.pid, host: hostname() });
      const taken = await acquireLock(state.dir, () => 1_030_000);
      expect(taken.kind).toBe('lock');
      expect(JSON.parse(await readFile(join(state.dir, 'lock.5'), 'utf8'))).toMatchObject({
        owner: { pid: process.pid },
      });
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
  });

  it('is free at once when its process is gone, and waits for one of another host', async () => {
    await using state = await tempState();
    await writeFile(join(state.dir, 'lock.1'), JSON.stringify({ owner: { host: 'elsewhere', pid: 1 }, beat: 5000 }));
    expect(await acquireLock(state.dir, () => 6000)).toEqual({ kind: 'held', pid: 1, host: 'elsewhere' });
    await writeFile(
      join(state.dir, 'lock.1'),
      JSON.stringify({ owner: { host: hostname(), pid: 2 ** 22 + 1 }, beat: 5000 }),
    );
    expect((await acquireLock(state.dir, () => 6000)).kind).toBe('lock');
  });

  it('is known to be lost by who had it', async () => {
    await using state = await tempState();
    let now = 0;
    const first = await acquireLock(state.dir, () => now);
    now = 60_000;
    const second = await acquireLock(state.dir, () => now);
    if (first.kind !== 'lock' || second.kind !== 'lock') throw new Error('not acquired');
    expect(await first.lock.beat()).toBe(false);
    expect(await second.lock.beat()).toBe(true);
  });

  it('is lost to a daemon that slept through one that came and went, and not given to two', async () => {
    await using state = await tempState();
    let now = 0;
    const sleeper = await acquireLock(state.dir, () => now);
    now = 60_000;
    const heir = await acquireLock(state.dir, () => now);
    if (sleeper.kind !== 'lock' || heir.kind !== 'lock') throw new Error('not acquired');
    await heir.lock.release();
    expect(await holderOf(state.dir, now)).toBeUndefined();
    const third = await acquireLock(state.dir, () => now);
    if (third.kind !== 'lock') throw new Error('not acquired');
    await sleeper.lock.release();
    expect([await sleeper.lock.beat(), await heir.lock.beat(), await third.lock.beat()]).toEqual([false, false, true]);
    expect(await readdir(state.dir)).toEqual([`lock.${third.lock.generation}`]);
  });

  it('goes to one only of those who take over at the same moment', async () => {
    await using state = await tempState();
    const all = await Promise.all(Array.from({ length: 8 }, () => acquireLock(state.dir, () => 0)));
    expect(all.filter(({ kind }) => kind === 'lock')).toHaveLength(1);
  });
});
