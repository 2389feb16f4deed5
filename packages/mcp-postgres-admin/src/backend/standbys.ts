import { isToolError } from '@cinecom/mcp-core';
import type { StandbyOutcome } from '../model/standby.ts';
import type { PostgresSettings } from '../settings.ts';
import { createPool, type Pool } from './pool.ts';
import { type Reader, withReader } from './reader.ts';

/** The hosts of `--standbys`. Their addresses hold passwords and are never shown: a host is named `host:port`. */
export interface Standbys {
  /**
   * Reads the same database on every standby, side by side. A host that cannot be read, or is not heard of within 6 s, is
   * an outcome and not an error.
   *
   * @throws the reason of `signal` alone
   */
  ask<Reading>(
    database: string,
    read: (reader: Reader) => Promise<Reading>,
    signal: AbortSignal,
  ): Promise<readonly StandbyOutcome<Reading>[]>;
  close(): Promise<void>;
}

const patienceMs = 6000;

/** Connects when asked, and keeps no connection. */
export function createStandbys(settings: PostgresSettings, log: (text: string) => void): Standbys {
  const addresses = (settings.standbys ?? '').split(',').map((one) => one.trim());
  const open = new Set<Pool>();
  const poolOf = (connectionString: string, database: string): Pool =>
    createPool({
      client: {
        connectionString,
        database,
        readOnly: true,
        statementTimeoutMs: settings.statementTimeout * 1000,
        lockTimeoutMs: settings.lockTimeout * 1000,
      },
      limit: 1,
      keep: 0,
      log,
    });
  return {
    async ask(database, read, signal) {
      const asked = addresses.filter((one) => one !== '').map((address) => poolOf(address, database));
      for (const pool of asked) open.add(pool);
      try {
        return await Promise.all(asked.map((pool, index) => outcome(pool, index + 1, read, signal)));
      } finally {
        for (const pool of asked) open.delete(pool);
        await Promise.all(asked.map((pool) => pool.close()));
      }
    },
    async close() {
      await Promise.all([...open].map((pool) => pool.close()));
    },
  };
}

/** `host:port` of the last connection that the pool opened or tried to. */
export function hostOf(pool: Pool): string | undefined {
  const address = pool.address();
  return address?.text.slice(0, -address.database.length - 1);
}

async function outcome<Reading>(
  pool: Pool,
  ordinal: number,
  read: (reader: Reader) => Promise<Reading>,
  signal: AbortSignal,
): Promise<StandbyOutcome<Reading>> {
  const late = AbortSignal.timeout(patienceMs);
  const named = (): string => hostOf(pool) ?? `standby ${ordinal}`;
  try {
    const reading = await withReader(pool, AbortSignal.any([signal, late]), read);
    return { host: named(), reading };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return { host: named(), missing: `it did not answer within ${patienceMs / 1000} s` };
    return { host: named(), missing: isToolError(error) ? error.message : 'the driver failed' };
  }
}
