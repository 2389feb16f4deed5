import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Fingerprint } from '../fingerprint/types.ts';
import type { StoredPoint } from '../point/point.ts';
import type { BackUpOptions } from '../point/take-point.ts';
import { scratchIdentity } from '../process/identity.ts';
import { testRestore } from '../restore-test/test-restore.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { verifyLevel } from '../verify/verify-level.ts';
import { backUpCluster } from './back-up-cluster.ts';
import { steadyPrint } from './steady.ts';

const never = new AbortController().signal;
const identity = scratchIdentity('postgres');

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cinecom-base-'));
  chmodSync(made, 0o711);
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describeWith({ major: 15, prefer: 'debian', control: true }, 'a base backup', (bed) => {
  let tools: Tools;
  let place: string;
  let options: Omit<BackUpOptions, 'store' | 'random'>;
  beforeAll(async () => {
    tools = await findTools(15, { bin: bed.server().binDir });
    await seedCinema(bed.server(), { scale: 0.02, database: bed.database() });
    place = mkdtempSync(join(tmpdir(), 'cinecom tablespace='));
    if (identity !== undefined) chownSync(place, identity.uid, identity.gid);
    await bed.server().query(`CREATE TABLESPACE "遅い" LOCATION '${place}'`);
    await bed
      .server()
      .query(
        `CREATE TABLE "席 表" TABLESPACE "遅い" AS SELECT n FROM generate_series(1, 5000) AS n`,
        [],
        bed.database(),
      );
    await bed.server().query(`SELECT pg_create_physical_replication_slot('kept', true)`);
  });
  afterAll(async () => {
    await bed.server().query(`SELECT pg_drop_replication_slot('kept')`);
    await bed.server().query('DROP TABLE "席 表"', [], bed.database());
    await bed.server().query('DROP TABLESPACE "遅い"');
    rmSync(place, { recursive: true });
  });
  beforeEach(() => {
    options = { tools, connection: bed.server().superuserUrl(bed.database()), now: Date.now, signal: never };
  });

  async function take(more: Partial<BackUpOptions> = {}): Promise<StoredPoint> {
    const end = await backUpCluster({ ...options, store: folder(), random: randomBytes(3), ...more });
    if (end.stored === undefined) throw new Error(end.why);
    return end.stored;
  }
  const test = (stored: StoredPoint, key?: string) =>
    testRestore({
      stored,
      tools,
      identity: key,
      scratch: { folder: folder(), identity },
      checks: async () => undefined,
      monotonic: () => performance.now(),
      signal: never,
    });

  it('recovers to what its source was, tablespaces included, and stands alone', async () => {
    const stored = await take();
    expect(stored.point).toMatchObject({ kind: 'base', database: bed.database(), encrypted: false });
    expect(await verifyLevel(stored, 3, { tools, signal: never })).toEqual({ verified: 3, damage: [] });
    const { result, comparison, steps } = await test(stored);
    expect(comparison?.outcomes).toEqual([]);
    expect(result).toBe('faithful');
    expect(steps.map(({ step }) => step)).toEqual(['verify', 'restore', 'start', 'amcheck', 'compare', 'checks']);
    expect(readdirSync(join(stored.folder, 'base', 'pg_tblspc'))).toHaveLength(1);
  });

  it('compares only what stood still while others wrote, and says so', async () => {
    const { client, end } = await openSession(bed.server(), { database: bed.database() });
    await client.query('CREATE TABLE seen (id bigserial PRIMARY KEY, n int)');
    let goesOn = true;
    const writing = (async () => {
      for (;;) {
        if (!goesOn) return;
        await client.query('INSERT INTO seen (n) VALUES (1)');
      }
    })();
    const stored = await take();
    goesOn = false;
    await writing;
    await client.query('DROP TABLE seen');
    await end();
    const { result, comparison } = await test(stored);
    expect(result).toBe('faithful-with-gaps');
    expect(comparison?.outcomes).toEqual([
      {
        category: 'table',
        name: 'public.seen',
        verdict: 'not-compared',
        why: expect.stringMatching(/it changed while the backup was made: \d+ rows became \d+/),
      },
    ]);
  });

  it('comes back from its encryption with its empty folders and links', async () => {
    const key = await generateIdentity();
    const stored = await take({ recipient: await identityToRecipient(key) });
    expect(existsSync(join(stored.folder, 'base', 'PG_VERSION'))).toBe(false);
    expect(await verifyLevel(stored, 3, { tools, signal: never })).toEqual({ verified: 3, damage: [] });
    expect((await test(stored, key)).result).toBe('faithful');
  });

  it.each([
    ['a missing file', 1, (base: string): void => unlinkSync(join(base, 'global', 'pg_control'))],
    ['a changed byte', 2, (base: string): void => flip(join(base, 'global', '1262'))],
    ['WAL that is cut off', 2, (base: string): void => cutWal(base)],
  ] as const)('tells %s at level %d', async (_what, level, harm) => {
    const stored = await take();
    harm(join(stored.folder, 'base'));
    const end = await verifyLevel(stored, 3, { tools, signal: never });
    expect(end.verified).toBe(level - 1);
    expect(end.damage.length).toBeGreaterThan(0);
    expect(await test(stored)).toMatchObject({ result: 'not-restorable' });
  });

  it('says why a role may not make one, and leaves nothing', async () => {
    const url = await bed.server().createRole('base_nobody', { grants: ['pg_read_all_data'] });
    onTestFinished(() => bed.server().dropRole('base_nobody'));
    const store = folder();
    const end = await backUpCluster({ ...options, connection: url, store, random: randomBytes(3) });
    expect([end.outcome, end.why]).toEqual(['failed', expect.stringMatching(/replication/i)]);
    expect(readdirSync(store)).toEqual([]);
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(path, bytes);
}

/** The same length, so that no size tells. */
function cutWal(base: string): void {
  const wal = join(base, 'pg_wal');
  mkdirSync(wal, { recursive: true });
  const segment = readdirSync(wal).find((name) => /^[0-9A-F]{24}$/.test(name)) ?? '';
  const bytes = readFileSync(join(wal, segment));
  writeFileSync(join(wal, segment), Buffer.alloc(bytes.length));
}

describe('what is known of a copy that took its time', () => {
  const print = (rows: number, extra: Partial<Fingerprint> = {}): Fingerprint => ({
    format: 1,
    major: 15,
    rowHash: 'native',
    relations: {
      a: { kind: 'table', rows, hash: String(rows), share: 1, bytes: 1 },
      b: { kind: 'table', rows: 1, hash: '1', share: 1, bytes: 1 },
    },
    unread: {},
    sequences: { s: { value: String(rows), called: true, columnEnd: null, increment: '2' } },
    objects: { views: { v: String(rows), w: '1' } },
    unreadCategories: {},
    ...extra,
  });

  it('is what stood still: tables, definitions, and sequences up to the values that are written ahead', () => {
    const known = steadyPrint(print(5), print(7));
    expect(Object.keys(known.source.relations)).toEqual(['b']);
    expect(known.source.unread).toEqual({ a: 'it changed while the backup was made: 5 rows became 7' });
    expect(known.moving).toEqual([['views', 'v']]);
    expect(known.sequencesAfter['s']?.value).toBe('71');
    expect(steadyPrint(print(5), print(5))).toMatchObject({ moving: [], source: { unread: {} } });
  });
});
