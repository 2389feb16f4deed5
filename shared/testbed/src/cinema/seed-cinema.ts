import { Client } from 'pg';
import type { PostgresServer } from '../postgres/types.ts';
import { invalidIndexStatement, plantStatements } from './planted.ts';
import { cinemaSize, diceFunction, fillStatements } from './rows.ts';
import { constraints, tables } from './schema.ts';

export interface CinemaOptions {
  /** An existing, empty database; a new one is made when left out. */
  readonly database?: string;
  /** 1 is about 200,000 bookings and takes some seconds; 0.1 by default. */
  readonly scale?: number;
  /** The same seed gives the same rows on every version and machine; 1 by default. */
  readonly seed?: number;
  /** The moment that the chain lives in; 2026-11-01 by default, so that rows do not depend on the clock. */
  readonly now?: Date;
  /** False leaves the faults out; true by default. */
  readonly faults?: boolean;
}

export interface Cinema {
  readonly database: string;
  /** Superuser's address of it. */
  readonly url: string;
}

const uniqueViolation = '23505';

async function plant(client: Client): Promise<void> {
  for (const statement of plantStatements) await client.query(statement);
  await client.query(invalidIndexStatement).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === uniqueViolation)) throw error;
  });
}

/** Fills a database with a cinema chain's data, and plants the faults of `plantedFaults` that are data. */
export async function seedCinema(server: PostgresServer, options: CinemaOptions = {}): Promise<Cinema> {
  const { scale = 0.1, seed = 1, now = new Date('2026-11-01T00:00:00Z'), faults = true } = options;
  const database = options.database ?? (await server.createDatabase());
  const url = server.superuserUrl(database);
  const client = new Client({ connectionString: url, application_name: 'cinema-seed' });
  await client.connect();
  try {
    // the test bed's own statements would else lead every list of top queries
    await client.query("SET pg_stat_statements.track = 'none'");
    await client.query(diceFunction(seed));
    await client.query(tables);
    for (const statement of fillStatements(cinemaSize(scale), now)) await client.query(statement);
    await client.query(constraints);
    if (faults) await plant(client);
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
  return { database, url };
}
