import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describeWith } from '@cinecom/testbed/vitest';
import { Client } from 'pg';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { scratchIdentity } from '../process/identity.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { reapScratch } from './registration.ts';
import { startScratch, type Scratch } from './start-scratch.ts';

const never = new AbortController().signal;
const built = new URL('../../dist/index.js', import.meta.url).href;
const identity = scratchIdentity('postgres');

function parent(): string {
  const made = mkdtempSync(join(tmpdir(), 'cinecom-parent-'));
  chmodSync(made, 0o711);
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function serversIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}

async function ask<Row extends object>(scratch: Scratch, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: scratch.url() });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describeWith({ major: 15 }, 'a scratch server', (bed) => {
  let tools: Tools;
  beforeAll(async () => {
    tools = await findTools(15, { bin: bed.server().binDir });
  });

  it('answers on its private socket only, without archive, slots or workers, and is gone when stopped', async () => {
    const folder = parent();
    const scratch = await startScratch({ tools, folder, identity, preload: ['pg_cron'], signal: never });
    onTestFinished(() => scratch.stop());
    const names = ['listen_addresses', 'archive_mode', 'shared_preload_libraries', 'max_logical_replication_workers'];
    const rows = await ask<{ setting: string }>(
      scratch,
      `SELECT setting FROM pg_settings WHERE name IN ('${names.join("','")}') ORDER BY name`,
    );
    expect(rows.map((row) => row.setting)).toEqual(['off', '', '0', '']);
    expect(scratch).toMatchObject({ state: 'open', major: 15, superuser: 'cinecom_scratch' });
    await scratch.stop();
    await scratch.stop();
    expect(readdirSync(folder)).toEqual([]);
    expect(serversIn(folder)).toEqual([]);
  });

  it('sees an empty network, where root can give one', async () => {
    const scratch = await startScratch({ tools, folder: parent(), identity, signal: never });
    onTestFinished(() => scratch.stop());
    if (!scratch.isolated) return expect(process.getuid?.()).not.toBe(0);
    const devices = await ask<{ line: string }>(
      scratch,
      `SELECT regexp_split_to_table(pg_read_file('/proc/net/dev'), '\\n') AS line`,
    );
    expect(devices.filter(({ line }) => line.includes(':')).map(({ line }) => line.trim().split(':')[0])).toEqual([
      'lo',
    ]);
  });

  it('leaves nothing when the start is cancelled', async () => {
    const folder = parent();
    const abort = new AbortController();
    const onStep = (step: string): void => void (step === 'start' && abort.abort());
    await expect(startScratch({ tools, folder, identity, onStep, signal: abort.signal })).rejects.toThrow('abort');
    expect([readdirSync(folder), serversIn(folder)]).toEqual([[], []]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('is gone after %s of its owner', async (kill) => {
    const folder = parent();
    const script = `
      const { startScratch, findTools, scratchIdentity } = await import(${JSON.stringify(built)});
      const tools = await findTools(15, { bin: ${JSON.stringify(bed.server().binDir)} });
      const scratch = await startScratch({ tools, folder: ${JSON.stringify(folder)}, identity: scratchIdentity('postgres'), signal: new AbortController().signal });
      console.log(scratch.folder);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
    expect([existsSync(line), serversIn(line).length > 0]).toEqual([true, true]);
    owner.kill(kill);
    await vi.waitFor(() => expect([readdirSync(folder), serversIn(folder)]).toEqual([[], []]), 10_000);
  });

  it('is removed at the next start when its reaper died as well, and a living one is left alone', async () => {
    const folder = parent();
    const scratch = await startScratch({ tools, folder, identity, signal: never });
    onTestFinished(() => scratch.stop());
    expect(await reapScratch(folder)).toEqual([]);
    const registration = join(scratch.folder, 'scratch.json');
    const facts = JSON.parse(readFileSync(registration, 'utf8')) as object;
    writeFileSync(registration, JSON.stringify({ ...facts, bootId: 'of another boot' }));
    expect(await reapScratch(folder)).toEqual([scratch.folder]);
    expect([readdirSync(folder), serversIn(scratch.folder).length <= 1]).toEqual([[], true]);
  });

  it('is not put where others could change it', async () => {
    const folder = parent();
    chmodSync(folder, 0o777);
    await expect(startScratch({ tools, folder, identity, signal: never })).rejects.toThrow('can be written by others');
    expect(readdirSync(folder)).toEqual([]);
    chmodSync(folder, 0o1777);
    const scratch = await startScratch({ tools, folder, identity, signal: never });
    await scratch.stop();
  });

  it('finds a place for its socket when the folder’s path is too long for one', async () => {
    const folder = join(parent(), 'x'.repeat(90));
    const scratch = await startScratch({ tools, folder, identity, signal: never });
    onTestFinished(() => scratch.stop());
    expect(await ask(scratch, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await scratch.stop();
    expect(existsSync(scratch.socket)).toBe(false);
  });
});
