import type { FingerprintSession } from './types.ts';

/** One reading inside the transaction: what the server refuses gives its reason, and leaves the snapshot usable. */
export async function orReason<Reading>(
  session: FingerprintSession,
  read: () => Promise<Reading>,
): Promise<Reading | string> {
  await session.query('SAVEPOINT reading');
  try {
    const reading = await read();
    await session.query('RELEASE SAVEPOINT reading');
    return reading;
  } catch (error) {
    // A lost connection fails here again, and ends the fingerprint.
    await session.query('ROLLBACK TO SAVEPOINT reading');
    return error instanceof Error ? error.message : String(error);
  }
}
