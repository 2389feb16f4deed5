import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempState } from '../testing/temp-state.ts';
import { createExclusive } from './exclusive.ts';

describe('exclusive work', () => {
  it('is done by one call at a time, and free again after its end, a failed one too', async () => {
    await using state = await tempState();
    const exclusive = createExclusive(state.dir, () => Date.now());
    let finish: () => void = () => undefined;
    const first = exclusive(() => new Promise<string>((resolve) => (finish = () => resolve('first'))));
    await expect(exclusive(async () => 'second')).rejects.toMatchObject({ code: 'backend_conflict', applied: 'no' });
    await expect.poll(() => (finish(), Promise.race([first, Promise.resolve('waits')]))).toBe('first');
    await expect(exclusive(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await exclusive(async () => 'third')).toBe('third');
  });

  it('is refused while another process that lives does it', async () => {
    await using state = await tempState();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const owner = { instance: 'other', host: hostname(), pid: other.pid };
      await writeFile(join(state.dir, 'lock.1'), JSON.stringify({ owner, beat: Date.now() }));
      const exclusive = createExclusive(state.dir, () => Date.now());
      await expect(exclusive(async () => 'mine')).rejects.toThrow(`process ${other.pid}`);
    } finally {
      other.kill('SIGKILL');
    }
  });
});
