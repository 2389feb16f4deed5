import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { backUpDatabase } from '../dump/back-up-database.ts';
import type { StoredPoint } from '../point/point.ts';
import { scratchIdentity } from '../process/identity.ts';
import { startScratch } from '../scratch/start-scratch.ts';
import { withScratchClient } from '../scratch/with-client.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { amcheck } from './amcheck.ts';
import { verifyLevel } from './verify-level.ts';

const never = new AbortController().signal;

describeWith({ major: 15, prefer: 'debian' }, 'the verification of a dump', (bed) => {
  let tools: Tools;
  let store: string;
  let stored: StoredPoint;
  beforeAll(async () => {
    await seedCinema(bed.server(), { scale: 0.02, database: bed.database() });
    tools = await findTools(15, { bin: bed.server().binDir });
  });
  beforeEach(async () => {
    store = mkdtempSync(join(tmpdir(), 'cinecom-verify-'));
    onTestFinished(() => rmSync(store, { recursive: true, force: true }));
    const connection = bed.server().superuserUrl(bed.database());
    const end = await backUpDatabase({
      tools,
      connection,
      store,
      random: randomBytes(3),
      now: Date.now,
      signal: never,
    });
    if (end.stored === undefined) throw new Error(end.why);
    stored = end.stored;
  });

  const path = (file: string): string => join(stored.folder, file);
  const verify = (level: 1 | 2 | 3) => verifyLevel(stored, level, { tools, signal: never });
  function largest(): string {
    const names = readdirSync(path('dump')).filter((name) => name !== 'toc.dat');
    return `dump/${names.toSorted((one, other) => statSync(path(`dump/${other}`)).size - statSync(path(`dump/${one}`)).size)[0]}`;
  }
  const flip = (file: string, at: (bytes: Buffer) => number): void => {
    const bytes = readFileSync(path(file));
    bytes[at(bytes)]! ^= 0x20;
    writeFileSync(path(file), bytes);
  };

  it('finds nothing in what was written, up to the level that was asked for', async () => {
    expect([await verify(1), await verify(2), await verify(3)]).toEqual([
      { verified: 1, damage: [] },
      { verified: 2, damage: [] },
      { verified: 3, damage: [] },
    ]);
  });

  it.each([
    ['a missing file', 1, 'missing', (): string => largest(), (file: string): void => unlinkSync(path(file))],
    ['a cut file', 1, 'size', (): string => largest(), (file: string): void => truncateSync(path(file), 100)],
    ['a longer file', 1, 'size', (): string => 'globals.sql', (file: string): void => appendFileSync(path(file), '--')],
    [
      'a foreign file',
      1,
      'extra',
      (): string => 'dump/9999.dat.gz',
      (file: string): void => writeFileSync(path(file), ''),
    ],
    [
      'another manifest',
      1,
      'content',
      (): string => 'manifest.json',
      (file: string): void => appendFileSync(path(file), ' '),
    ],
    ['no manifest', 1, 'missing', (): string => 'manifest.json', (file: string): void => unlinkSync(path(file))],
    [
      'a changed byte of the table of contents',
      2,
      'content',
      (): string => 'dump/toc.dat',
      (file: string): void => flip(file, (bytes) => bytes.length >> 1),
    ],
    [
      'a changed byte of the roles',
      2,
      'content',
      (): string => 'globals.sql',
      (file: string): void => flip(file, () => 40),
    ],
    [
      'a changed byte of the fingerprint',
      2,
      'content',
      (): string => 'fingerprint.json',
      (file: string): void => flip(file, () => 40),
    ],
    [
      'a changed byte of a data file',
      3,
      'content',
      (): string => largest(),
      (file: string): void => flip(file, (bytes) => bytes.length >> 1),
    ],
  ] as const)('names the file and finds %s at level %d, not later', async (_what, level, kind, which, harm) => {
    const file = which();
    harm(file);
    const end = await verify(3);
    expect(end.damage.map((one) => [one.kind, one.file])).toEqual([[kind, file]]);
    expect(end.verified).toBe(level - 1);
    if (level > 1) expect((await verify((level - 1) as 1 | 2)).damage).toEqual([]);
  });

  it('asks every page of a restored copy, and leaves no trace there', async () => {
    const scratchFolder = mkdtempSync(join(tmpdir(), 'cinecom-scratch-'));
    chmodSync(scratchFolder, 0o711);
    onTestFinished(() => rmSync(scratchFolder, { recursive: true, force: true }));
    const identity = scratchIdentity('postgres');
    const scratch = await startScratch({ tools, folder: scratchFolder, identity, signal: never });
    onTestFinished(() => scratch.stop());
    const database = 'postgres';
    const run = (sql: string) => withScratchClient({ scratch, database, signal: never }, (client) => client.query(sql));
    await run(`CREATE TABLE "席 表" AS SELECT n FROM generate_series(1, 1000) AS n;
      CREATE FUNCTION turned(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n'; CREATE INDEX ON "席 表" (turned(n))`);
    expect(await amcheck({ tools, scratch, database, signal: never })).toEqual({ outcome: 'clean', why: '' });
    // As after an update of a collation: the index no longer holds what the rows ask for.
    await run(`CREATE OR REPLACE FUNCTION turned(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT -n'`);
    const end = await amcheck({ tools, scratch, database, signal: never });
    expect(end).toMatchObject({ outcome: 'damaged', why: expect.stringMatching(/席 表.*lacks matching index tuple/) });
    const left = `SELECT extname FROM pg_extension WHERE extname = 'amcheck' UNION SELECT nspname FROM pg_namespace WHERE nspname ~ 'amcheck'`;
    expect((await run(left)).rows).toEqual([]);
  });
});
