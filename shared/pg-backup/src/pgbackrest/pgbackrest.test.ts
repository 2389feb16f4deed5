import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedCinema, startStanza, type Stanza } from '@cinecom/testbed';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { StoredPoint } from '../point/point.ts';
import { scratchIdentity } from '../process/identity.ts';
import { testRestore } from '../restore-test/test-restore.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { verifyLevel } from '../verify/verify-level.ts';
import { backUpStanza } from './back-up-stanza.ts';
import { parseInfo } from './info.ts';
import { openPgbackrest, type Pgbackrest } from './client.ts';
import { parseVerify } from './verify.ts';
import { missingSegments } from './wal.ts';

const never = new AbortController().signal;
const there = existsSync('/usr/bin/pgbackrest') && existsSync('/usr/lib/postgresql/15/bin/postgres');

describe.runIf(there)('a backup by pgBackRest', () => {
  const identity = there ? scratchIdentity('postgres') : undefined;
  let tools: Tools;
  let stanza: Stanza;
  let pgbackrest: Pgbackrest;
  let url: string;
  beforeAll(async () => {
    tools = await findTools(15, { path: process.env.PATH ?? '' });
    stanza = await startStanza();
    const environment = { PGBACKREST_CONFIG: stanza.config };
    pgbackrest = await openPgbackrest({ tools, stanza: 'cinema', identity, environment });
    ({ url } = await seedCinema(stanza.server, { scale: 0.02 }));
  }, 60_000);
  afterAll(() => stanza?.stop());

  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'cinecom-pbr-'));
    chmodSync(made, 0o711);
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  }
  async function take(type: 'full' | 'diff' | 'incr' = 'full'): Promise<StoredPoint> {
    const end = await backUpStanza({
      tools,
      connection: url,
      store: folder(),
      random: randomBytes(3),
      now: Date.now,
      pgbackrest,
      type,
      signal: never,
    });
    if (end.stored === undefined) throw new Error(end.why);
    return end.stored;
  }
  const verify = (stored: StoredPoint) => verifyLevel(stored, 3, { tools, pgbackrest, signal: never });
  const test = (stored: StoredPoint, targetTime?: string) =>
    testRestore({
      stored,
      tools,
      pgbackrest,
      targetTime,
      scratch: { folder: folder(), identity },
      checks: async () => undefined,
      monotonic: () => performance.now(),
      signal: never,
    });

  it('recovers to what its source was, in full and in difference, without a network', async () => {
    const full = await take();
    expect(full.point.stanza?.label).toMatch(/^\d{8}-\d{6}F$/);
    expect(await verify(full)).toEqual({ verified: 3, damage: [] });
    const incremental = await take('incr');
    expect(incremental.point.type).toBe('incr');
    expect(await test(incremental)).toMatchObject({ result: 'faithful', isolated: process.getuid?.() === 0 });
  }, 60_000);

  it('recovers to a moment, and says which', async () => {
    const stored = await take('incr');
    const sql = (text: string) => stanza.server.query<{ at: string }>(text, [], new URL(url).pathname.slice(1));
    await sql('CREATE TABLE lost AS SELECT 1 AS n');
    const [moment] = await sql('SELECT clock_timestamp()::text AS at');
    await sql('DROP TABLE lost');
    await sql('SELECT pg_switch_wal()');
    await expect
      .poll(
        async () =>
          (
            await sql(
              `SELECT (last_archived_wal IS NOT NULL)::text AS at FROM pg_stat_archiver WHERE last_archived_time > '${moment?.at}'`,
            )
          ).length,
        { timeout: 10_000 },
      )
      .toBe(1);
    const ended = await test(stored, new Date(moment?.at ?? '').toISOString());
    expect(ended).toMatchObject({ result: 'unknown', why: expect.stringContaining('it recovered') });
    expect(Date.parse(ended.recoveredTo ?? '')).toBeLessThanOrEqual(Date.parse(moment?.at ?? ''));
    const beyond = await test(stored, new Date(Date.now() + 3_600_000).toISOString());
    expect(beyond).toMatchObject({
      result: 'not-restorable',
      why: expect.stringMatching(/recovery ended before configured recovery target/),
    });
  }, 60_000);

  it('tells a changed byte and WAL that is gone, which pgBackRest lets pass', async () => {
    const stored = await take();
    const label = stored.point.stanza?.label ?? '';
    const data = join(stanza.repository, 'backup', 'cinema', label, 'pg_data');
    const files = (readdirSync(data, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.gz'))
      .map((name) => join(data, name));
    const largest = files.toSorted((one, other) => statSync(other).size - statSync(one).size)[0] ?? '';
    const whole = readFileSync(largest);
    const harmed = Buffer.from(whole);
    harmed.writeUInt8(harmed.readUInt8(harmed.length >> 1) ^ 1, harmed.length >> 1);
    writeFileSync(largest, harmed);
    expect(await verify(stored)).toMatchObject({
      verified: 1,
      damage: [{ file: label, why: expect.stringContaining('checksum invalid: 1') }],
    });
    writeFileSync(largest, whole);
    const archive = join(stanza.repository, 'archive', 'cinema');
    const newest =
      (readdirSync(archive, { recursive: true }) as string[])
        .filter((name) => /[0-9A-F]{24}-/.test(name) && !name.includes('backup'))
        .toSorted()
        .at(-1) ?? '';
    unlinkSync(join(archive, newest));
    const { damage } = await verify(stored);
    expect(damage).toEqual([
      { kind: 'missing', file: /([0-9A-F]{24})-/.exec(newest)?.[1], why: 'this WAL is not in the archive' },
    ]);
  }, 60_000);
});

describe('what pgBackRest says', () => {
  it('is read without losing digits of a system identifier', () => {
    const told = `[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"000000010000000000000002","min":"000000010000000000000001"}],"backup":[{"archive":{"start":"000000010000000000000002","stop":"000000010000000000000002"},"database":{"id":1,"repo-key":1},"error":true,"info":{"delta":23033538,"repository":{"delta":3048718,"size":3048718},"size":23033538},"label":"20261125-234340F","timestamp":{"start":1795650220,"stop":1795650223},"type":"full"}],"db":[{"id":1,"repo-key":1,"system-id":7712258963751703440,"version":"15"}],"name":"cinema","status":{"code":0,"message":"ok"}}]`;
    expect(parseInfo(told)).toMatchObject({
      systemIdentifiers: ['7712258963751703440'],
      backups: [{ label: '20261125-234340F', error: true, archive: '15-1', bytes: 3048718, stoppedAt: 1795650223000 }],
    });
    expect(() => parseInfo('[]')).toThrow('no such stanza');
  });

  it('tells of the backup that was asked for, and of WAL that is not valid', () => {
    const told = `stanza: cinema
status: error
  archiveId: 15-1, total WAL checked: 2, total valid WAL: 1
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
  backup: 20261125-234340F, status: valid, total files checked: 965, total valid files: 965
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0`;
    expect(parseVerify(told, '20261125-234340F')).toEqual([
      { kind: 'content', file: 'archive 15-1', why: 'pgbackrest verify: checksum invalid: 1' },
    ]);
    expect(parseVerify(told, '20261126-000000F')).toHaveLength(1);
  });

  it('shows WAL that lacks in between and at the end, whatever its segments measure', () => {
    const listing = (...names: string[]) =>
      names.map((name) => `${name.slice(0, 16)}/${name}-${'a'.repeat(40)}.gz`).join('\n');
    const some = listing('0000000100000000000000FE', '000000010000000100000000');
    expect(missingSegments(some, '0000000100000000000000FE', '000000010000000100000000', 2 ** 24)).toEqual([
      '0000000100000000000000FF',
    ]);
    const large = listing('000000010000000000000003', '000000010000000100000000');
    expect(missingSegments(large, '000000010000000000000003', '000000010000000100000000', 2 ** 30)).toEqual([]);
    expect(missingSegments(large, '000000010000000000000003', '000000020000000100000001', 2 ** 30)).toEqual([]);
  });
});
