import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { isAlive } from '../src/host/processes.ts';

const built = new URL('../dist/index.js', import.meta.url).href;

/** Starts a server from the built test bed, then prints where it is and waits, or throws. */
const owner = (afterwards: string) => `
  const { startPostgres } = await import(${JSON.stringify(built)});
  const server = await startPostgres({ control: true });
  const [{ data }] = await server.query("SELECT current_setting('data_directory') AS data");
  const { readFileSync } = await import('node:fs');
  console.log(JSON.stringify({ data, pid: Number(readFileSync(data + '/postmaster.pid', 'utf8').split('\\n')[0]) }));
  ${afterwards}
`;
const waiting = 'setInterval(() => {}, 1000)';

async function startOwner(afterwards: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', owner(afterwards)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, exited, ...(JSON.parse(line) as { data: string; pid: number }) };
}

async function expectNothingLeft(data: string, pid: number): Promise<void> {
  await vi.waitFor(
    () => {
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(data)).toBe(false);
    },
    { timeout: 15_000 },
  );
}

describe('when the process that started a server ends', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`by ${signal}, the server and its data are gone`, async () => {
      const { child, exited, data, pid } = await startOwner(waiting);
      child.kill(signal);
      await exited;
      await expectNothingLeft(data, pid);
    });
  }

  it('by an error that nobody caught, the server and its data are gone', async () => {
    const { exited, data, pid } = await startOwner("throw new Error('a bug')");
    await exited;
    await expectNothingLeft(data, pid);
  });

  it('while the server is paused, the server and its data are gone', async () => {
    const { child, exited, data, pid } = await startOwner(`server.pause(); ${waiting}`);
    child.kill('SIGKILL');
    await exited;
    await expectNothingLeft(data, pid);
  });

  it('simply because its work is done, nothing holds it open', async () => {
    const { exited, data, pid } = await startOwner('');
    expect(await exited).toEqual([0, null]);
    await expectNothingLeft(data, pid);
  });
});
