import { fingerprint } from '../fingerprint/fingerprint.ts';
import { openSnapshot } from '../fingerprint/session.ts';
import type { Fingerprint } from '../fingerprint/types.ts';
import { readSource, type BackUpOptions, type Source } from '../point/take-point.ts';

/** What a physical backup has to know of its source, and the content of one of its databases. */
export interface PrintNow {
  readonly source: Source;
  /** Of a standby that lags, UTC ms of its last commit; null elsewhere. */
  readonly notAfter: number | null;
  readonly print: Fingerprint;
  /** Where they lie on the source. */
  readonly tablespaces: readonly string[];
  /** `wal_segment_size`. */
  readonly segmentBytes: number;
}

/** @throws what the driver says */
export async function printNow({ connection, share = 1, onProgress, signal }: BackUpOptions): Promise<PrintNow> {
  const session = await openSnapshot(connection, signal);
  try {
    const { rows } =
      await session.query(`SELECT pg_size_bytes(current_setting('wal_segment_size'))::float8 AS "segmentBytes",
      array(SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE pg_tablespace_location(oid) <> '' ORDER BY oid) AS tablespaces`);
    const [facts] = rows as readonly Pick<PrintNow, 'segmentBytes' | 'tablespaces'>[];
    if (facts === undefined) throw new Error('The server told nothing of its tablespaces');
    return {
      ...(await readSource(session)),
      print: await fingerprint(session, {
        major: session.major,
        rowHash: 'native',
        share,
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
      ...facts,
    };
  } finally {
    await session.close();
  }
}
