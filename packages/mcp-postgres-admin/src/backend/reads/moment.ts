import type { Reader } from '../reader.ts';

/** The server's clock, UTC ms, and its next transaction id, which this does not take. */
export async function readMoment({ row }: Reader): Promise<{ readonly at: number; readonly nextXid: number }> {
  return row(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at,
       pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::float8 AS "nextXid"`,
  );
}
