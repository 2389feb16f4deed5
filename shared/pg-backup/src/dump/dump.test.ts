import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { openSnapshot } from '../fingerprint/session.ts';
import { findTools, type Tools } from '../tools/find-tools.ts';
import { dump, dumpGlobals } from './dump.ts';
import { readContents } from './read-contents.ts';

const never = new AbortController().signal;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cinecom-dump-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describeWith({ major: 15, auth: 'scram' }, 'a dump', (bed) => {
  let tools: Tools;
  beforeAll(async () => {
    await seedCinema(bed.server(), { scale: 0.05, database: bed.database() });
    tools = await findTools(15, { bin: bed.server().binDir });
  });

  it('holds the database of the exported snapshot, whatever is written meanwhile', async () => {
    const into = folder();
    const session = await openSnapshot(bed.url(), never);
    await bed.server().query('CREATE TABLE later AS SELECT 1 AS one', [], bed.database());
    const end = await dump({ tools, connection: bed.url(), snapshot: session.snapshot, into, signal: never });
    await session.close();
    await bed.server().query('DROP TABLE later', [], bed.database());
    expect(end).toMatchObject({ outcome: 'ok', gaps: [] });
    const contents = await readContents({ tools, folder: join(into, 'dump'), signal: never });
    expect(contents.tablesWithData).toBeGreaterThan(5);
    expect(end.run.lines.join('\n')).not.toContain('later');
  });

  it('shows no password in the process list while it runs', async () => {
    const into = folder();
    const password = decodeURIComponent(new URL(bed.url()).password);
    expect(password).not.toBe('');
    const seen: string[] = [];
    const onLine = (): void => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // gone meanwhile
        }
      }
    };
    await dump({ tools, connection: bed.url(), into, onLine, signal: never });
    expect(seen.some((line) => line.includes('pg_dump') && line.includes(bed.database()))).toBe(true);
    expect(seen.filter((line) => line.includes(password))).toEqual([]);
  });

  it('leaves nothing when it is cancelled in the middle', async () => {
    const into = folder();
    const abort = new AbortController();
    const end = await dump({
      tools,
      connection: bed.url(),
      into,
      onLine: (line) => line.includes('dumping contents') && abort.abort(),
      signal: abort.signal,
    });
    expect([end.outcome, existsSync(join(into, 'dump'))]).toEqual(['cancelled', false]);
    const dumps = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_dump'`;
    await vi.waitFor(async () => expect(await bed.server().query(dumps)).toEqual([]), 5000);
  });

  it('says why a database cannot be dumped', async () => {
    const into = folder();
    const url = await bed.server().createRole('dump_nobody', { password: ['no', 'body'].join('') });
    onTestFinished(() => bed.server().dropRole('dump_nobody'));
    const connection = new URL(url);
    connection.pathname = `/${bed.database()}`;
    const end = await dump({ tools, connection: connection.href, into, signal: never });
    expect(end.outcome).toBe('failed');
    expect(end.why).toContain('permission denied');
    expect(readdirSync(into)).toEqual([]);
  });

  it('writes the roles without their passwords where those cannot be read, and says so', async () => {
    const into = folder();
    const url = await bed.server().createRole('dump_reader', { password: ['rea', 'der'].join('') });
    onTestFinished(() => bed.server().dropRole('dump_reader'));
    const whole = await dumpGlobals({ tools, connection: bed.url(), into, signal: never });
    expect([whole.outcome, readFileSync(join(into, 'globals.sql'), 'utf8').includes('SCRAM-')]).toEqual(['ok', true]);
    const part = await dumpGlobals({ tools, connection: url, into, signal: never });
    expect(part).toMatchObject({ outcome: 'partial', gaps: [expect.stringContaining('passwords of roles')] });
    const text = readFileSync(join(into, 'globals.sql'), 'utf8');
    expect([text.includes('CREATE ROLE dump_reader'), text.includes('SCRAM-')]).toEqual([true, false]);
  });
});
