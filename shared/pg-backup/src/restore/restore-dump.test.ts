import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, seedCinema, uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { backUpDatabase } from '../dump/back-up-database.ts';
import { readPrint } from '../dump/print-of-point.ts';
import { compare, type Comparison } from '../fingerprint/compare.ts';
import { everything } from '../fingerprint/everything.fixture.ts';
import { fingerprint } from '../fingerprint/fingerprint.ts';
import { openSnapshot } from '../fingerprint/session.ts';
import type { StoredPoint } from '../point/point.ts';
import { scratchIdentity } from '../process/identity.ts';
import { startScratch, type Scratch } from '../scratch/start-scratch.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { restoreDump, type RestoreEnd } from './restore-dump.ts';

const never = new AbortController().signal;
const identity = scratchIdentity('postgres');
const reading = { major: 15, rowHash: 'native', share: 1, signal: never } as const;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cinecom-restore-'));
  chmodSync(made, 0o711);
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describeWith({ major: 15, prefer: 'debian' }, 'a dump that is restored', (bed) => {
  let tools: Tools;
  beforeAll(async () => {
    tools = await findTools(15, { bin: bed.server().binDir });
  });

  /** Changes and adds rows without a pause until it is ended. @returns the number of commits */
  async function write(database: string): Promise<{ end(): Promise<number> }> {
    const { client, end } = await openSession(bed.server(), { database });
    await client.query('CREATE TABLE seen (id bigserial PRIMARY KEY, screening int)');
    let goesOn = true;
    let commits = 0;
    const writing = (async () => {
      while (true) {
        if (!goesOn) return;
        await client.query(`UPDATE bookings SET amount_yen = amount_yen + 1 WHERE id = ${1 + (commits % 500)}`);
        await client.query(`INSERT INTO seen (screening) VALUES (${commits})`);
        commits += 1;
      }
    })();
    return {
      async end() {
        goesOn = false;
        await writing;
        await end();
        return commits;
      },
    };
  }

  interface Taken {
    readonly stored: StoredPoint;
    readonly folder: string;
    readonly database: string;
  }

  async function take(database: string): Promise<Taken> {
    const { stored, why } = await backUpDatabase({
      tools,
      connection: bed.server().superuserUrl(database),
      store: folder(),
      random: randomBytes(3),
      now: Date.now,
      signal: never,
    });
    if (stored === undefined) throw new Error(why);
    return { stored, folder: stored.folder, database };
  }

  async function restore({ stored, database }: Taken): Promise<{ scratch: Scratch; end: RestoreEnd }> {
    const { superuser } = stored.point;
    const scratch = await startScratch({ tools, folder: folder(), identity, superuser, signal: never });
    onTestFinished(() => scratch.stop());
    return { scratch, end: await restoreDump({ tools, folder: stored.folder, database, scratch, signal: never }) };
  }

  async function compared(taken: Taken, { scratch, end }: { scratch: Scratch; end: RestoreEnd }): Promise<Comparison> {
    const session = await openSnapshot(scratch.url(taken.database), never);
    try {
      const print = await readPrint(taken.folder);
      if (print === undefined) throw new Error('nothing was written down');
      const { source, sequencesAfter } = print;
      return compare(source, await fingerprint(session, reading), { sequencesAfter, otherLocale: end.otherLocale });
    } finally {
      await session.close();
    }
  }

  it('is the same as its source, while others write to that', async () => {
    const database = await bed.server().createDatabase();
    onTestFinished(() => bed.server().dropDatabase(database));
    await seedCinema(bed.server(), { scale: 0.05, database });
    const writers = await write(database);
    const taken = await take(database);
    expect(await writers.end()).toBeGreaterThan(10);
    const restored = await restore(taken);
    expect(restored.end).toMatchObject({ outcome: 'ok', errorCount: 0 });
    expect((await compared(taken, restored)).outcomes).toEqual([]);
  });

  it('brings back every kind of object, its roles and rights, and tells no error', async () => {
    const database = await bed.server().createDatabase();
    const member = uniqueName('member');
    await bed.server().query(everything, [], database);
    await bed.server().query(`CREATE ROLE ${member} LOGIN CONNECTION LIMIT 3; GRANT print_reader TO ${member};
      ALTER ROLE ${member} SET default_transaction_read_only = on; COMMENT ON ROLE ${member} IS 'a; b';
      ALTER DATABASE ${database} SET default_transaction_read_only = on; GRANT CONNECT ON DATABASE ${database} TO ${member}`);
    onTestFinished(async () => {
      await bed.server().dropDatabase(database);
      await bed.server().query(`DROP ROLE print_reader, ${member}`);
    });
    const taken = await take(database);
    const restored = await restore(taken);
    expect(restored.end.errors).toEqual([]);
    expect(restored.end.outcome).toBe('ok');
    expect(await compared(taken, restored)).toMatchObject({ overall: 'faithful', outcomes: [] });
  });

  it.each(['postgres', 'template1'])('replaces %s, which every new cluster has', async (database) => {
    await bed
      .server()
      .query(`CREATE TABLE only_here AS SELECT 1 AS n; COMMENT ON TABLE only_here IS 'x'`, [], database);
    onTestFinished(async () => void (await bed.server().query('DROP TABLE only_here', [], database)));
    const taken = await take(database);
    const restored = await restore(taken);
    expect(restored.end.errors).toEqual([]);
    expect(await compared(taken, restored)).toMatchObject({ overall: 'faithful', outcomes: [] });
  });

  it('gets the C locale where the machine does not have its own, which is told and not judged', async () => {
    const database = uniqueName('kana');
    await bed.server().query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C'`);
    onTestFinished(() => bed.server().dropDatabase(database));
    await bed.server().query(`CREATE TABLE "作品" ("題" text); INSERT INTO "作品" VALUES ('七人の侍')`, [], database);
    await bed.server().query(`COMMENT ON DATABASE ${database} IS '日本'`);
    const taken = await take(database);
    const toc = join(taken.folder, 'dump', 'toc.dat');
    const bytes = readFileSync(toc, 'latin1');
    expect(bytes).toContain(`LOCALE = 'C'`);
    writeFileSync(toc, bytes.replace(`LOCALE = 'C'`, `LOCALE = 'Q'`), 'latin1');
    const restored = await restore(taken);
    expect(restored.end.otherLocale).toMatch(/invalid locale name/);
    expect(restored.end.errors).toEqual([]);
    expect((await compared(taken, restored)).outcomes).toEqual([]);
  });

  it('tells what the server refused by kind, and what it cost by name', async () => {
    const database = await bed.server().createDatabase();
    onTestFinished(() => bed.server().dropDatabase(database));
    await bed
      .server()
      .query(
        'CREATE TABLE places (id int PRIMARY KEY); INSERT INTO places VALUES (1); CREATE TABLE other (n int)',
        [],
        database,
      );
    const taken = await take(database);
    const toc = join(taken.folder, 'dump', 'toc.dat');
    const bytes = readFileSync(toc, 'latin1');
    writeFileSync(toc, bytes.replace('id integer NOT NULL', 'id integes NOT NULL'), 'latin1');
    const restored = await restore(taken);
    expect(restored.end.outcome).toBe('partial');
    expect(restored.end.errors[0]).toEqual({
      kind: 'other',
      object: 'TABLE places',
      why: 'ERROR:  type "integes" does not exist',
    });
    const result = await compared(taken, restored);
    expect(result.overall).toBe('different');
    expect(result.outcomes).toContainEqual({
      category: 'table',
      name: 'public.places',
      verdict: 'missing',
      why: '1 rows are not in the copy',
    });
  });

  it('is not restored from a data file that was cut', async () => {
    const database = await bed.server().createDatabase();
    onTestFinished(() => bed.server().dropDatabase(database));
    await bed
      .server()
      .query('CREATE TABLE places AS SELECT n, md5(n::text) FROM generate_series(1, 20000) AS n', [], database);
    const taken = await take(database);
    const files = readdirSync(join(taken.folder, 'dump')).map((name) => join(taken.folder, 'dump', name));
    const largest = files.toSorted((one, other) => statSync(other).size - statSync(one).size)[0] ?? '';
    truncateSync(largest, Math.floor(statSync(largest).size / 2));
    const restored = await restore(taken);
    expect(restored.end.outcome).not.toBe('ok');
    expect(restored.end.errors.map(({ kind }) => kind)).toContain('data');
    expect((await compared(taken, restored)).overall).toBe('different');
  });
});
