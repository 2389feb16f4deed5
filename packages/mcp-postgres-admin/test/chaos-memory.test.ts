import { readFile, writeFile } from 'node:fs/promises';
import { uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BinaryClient, openBinary } from './support/binary.ts';

const mebibyte = 1024 * 1024;
const allowedBytes = 80 * mebibyte;

/** One line of /proc/<pid>/status, bytes. */
async function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

describeWith({}, 'an answer without an end', (bed) => {
  let reader: string;
  beforeAll(async () => {
    reader = uniqueName('reader');
    await bed.server().createRole(reader, { grants: ['pg_monitor', 'pg_read_all_data'] });
  });
  afterAll(() => bed.server().dropRole(reader));

  /** Bytes above an idle server that has answered before; the kernel keeps the highest, so that no sampling can miss it. */
  async function highest(work: (client: BinaryClient) => Promise<void>): Promise<number> {
    await using client = await openBinary(bed.server().url(reader, bed.database()));
    await client.ask('pg_query', { sql: 'SELECT 1' });
    const { pid } = client.server;
    const idle = await memoryOf(pid, 'VmRSS');
    await writeFile(`/proc/${pid}/clear_refs`, '5');
    await work(client);
    const above = (await memoryOf(pid, 'VmHWM')) - idle;
    expect(await client.ask('pg_query', { sql: 'SELECT 6 * 7' })).toContain('|42|');
    return above;
  }

  const wide = Array.from({ length: 500 }, () => "repeat('映', 300)").join(', ');

  it.each([
    ['hundreds of millions of rows', 'SELECT generate_series(1, 500000000)', '50 of more rows'],
    ['rows of 500 columns', `SELECT ${wide}, generate_series(1, 500000000)`, 'passes maxBytes 38000'],
    ['rows of one long value', "SELECT repeat('x', 200000), generate_series(1, 500000000)", 'more rows'],
    ['one value that is just taken', "SELECT repeat('x', 4000000) AS large", 'has 4000000 characters'],
  ])('is read up to the caps in bounded memory: %s', async (_name, sql, end) => {
    const above = await highest(async (client) => {
      expect(await client.ask('pg_query', { sql, maxRows: 50, maxBytes: 38_000 })).toContain(end);
    });
    expect(above).toBeLessThan(allowedBytes);
  });

  it.each([
    ['one value', "SELECT repeat('x', 200000000)"],
    ['an aggregate', "SELECT string_agg(repeat('y', 1000), '') FROM generate_series(1, 100000)"],
    ['rows just small enough', "SELECT repeat('x', 4000000), generate_series(1, 100000)"],
  ])('ends the connection and says so when it is too large: %s', async (_name, sql) => {
    const above = await highest(async (client) => {
      const { code, text } = await client.refusal('pg_query', { sql, maxRows: 1000 });
      expect(code).toBe('too_large');
      expect(text).toMatch(/larger than \d+ bytes/);
    });
    expect(above).toBeLessThan(allowedBytes);
  });

  it('leaves nothing behind when it is asked for again and again', async () => {
    const above = await highest(async (client) => {
      for (let round = 0; round < 4; round += 1) {
        await client.refusal('pg_query', { sql: "SELECT repeat('x', 30000000)" });
        await client.ask('pg_query', { sql: 'SELECT generate_series(1, 100000000)', maxRows: 1000 });
      }
    });
    expect(above).toBeLessThan(allowedBytes);
  });
});
