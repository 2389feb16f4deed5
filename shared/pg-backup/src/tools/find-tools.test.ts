import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findTools, needTool, type ToolName } from './find-tools.ts';

/** A folder with programs that only say a version. */
function folderOf(versions: Partial<Record<ToolName, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinecom-tools-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, says] of Object.entries(versions)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe('findTools', () => {
  it('takes clients of the server’s version or newer, and server programs of the very same one', async () => {
    const bin = folderOf({
      pg_dump: 'pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)',
      pg_restore: 'pg_restore (PostgreSQL) 13.9',
      postgres: 'postgres (PostgreSQL) 17.2',
      initdb: 'initdb (PostgreSQL) 15.4',
    });
    const { found, missing } = await findTools(15, { bin });
    expect(found).toEqual({
      pg_dump: { path: join(bin, 'pg_dump'), version: '17.2', major: 17 },
      initdb: { path: join(bin, 'initdb'), version: '15.4', major: 15 },
    });
    expect(missing.pg_restore).toEqual({
      why: `${join(bin, 'pg_restore')} is 13.9`,
      install: 'postgresql-client-15',
    });
    expect(missing.postgres).toEqual({ why: `${join(bin, 'postgres')} is 17.2`, install: 'postgresql-15' });
    expect(missing.pg_amcheck?.why).toBe('no pg_amcheck found');
  });

  it('passes a too old program on the PATH for a newer one behind it', async () => {
    const old = folderOf({ pg_dump: 'pg_dump (PostgreSQL) 90.1' });
    const fresh = folderOf({ pg_dump: 'pg_dump (PostgreSQL) 99.1', pgbackrest: 'pgBackRest 2.45' });
    const { found } = await findTools(99, { path: `${old}::${fresh}` });
    expect(found).toMatchObject({ pg_dump: { path: join(fresh, 'pg_dump') }, pgbackrest: { version: '2.45' } });
  });

  it('names the package of a program that is needed and not there', async () => {
    const tools = await findTools(16, { bin: folderOf({ postgres: 'who knows' }) });
    expect(() => needTool(tools, 'postgres')).toThrow(
      /postgres for PostgreSQL 16 .*postgres does not run.*postgresql-16/,
    );
  });
});
