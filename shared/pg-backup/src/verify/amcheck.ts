import { programConnection } from '../process/connection.ts';
import { run } from '../process/run.ts';
import type { Scratch } from '../scratch/start-scratch.ts';
import { withScratchClient, workOptions } from '../scratch/with-client.ts';
import type { Tools } from '../tools/find-tools.ts';

export interface AmcheckOptions {
  readonly tools: Tools;
  readonly scratch: Scratch;
  readonly database: string;
  /** Parallel connections; 2 by default. */
  readonly jobs?: number;
  readonly signal: AbortSignal;
}

export interface AmcheckEnd {
  readonly outcome: 'clean' | 'damaged' | 'not-examined';
  /** Why it was not examined, or the first complaints. */
  readonly why: string;
}

const shownComplaints = 5;

/**
 * Lets PostgreSQL look through every table and index of one database of a scratch server: page layout, order of the keys, and
 * whether each row is in its indexes. An extension that it needs for that is gone again afterwards.
 * @throws the reason of the signal
 */
export async function amcheck(options: AmcheckOptions): Promise<AmcheckEnd> {
  const { tools, scratch, database, jobs = 2, signal } = options;
  const program = tools.found.pg_amcheck?.path;
  if (program === undefined) return { outcome: 'not-examined', why: tools.missing.pg_amcheck?.why ?? 'no pg_amcheck' };
  const installed = await install(options);
  if (typeof installed === 'string') return { outcome: 'not-examined', why: installed };
  const { address, env } = programConnection(scratch.url(database));
  const end = await run({
    program,
    argv: ['--heapallindexed', `--jobs=${jobs}`, '--no-password', address],
    env: { ...env, PGOPTIONS: workOptions },
    keepOutput: true,
    signal,
  });
  signal.throwIfAborted();
  if (installed.ours) await change(options, `DROP EXTENSION amcheck; DROP SCHEMA ${schema}`);
  if (end.outcome === 'ok') return { outcome: 'clean', why: '' };
  // 2: it looked everywhere and found something, which it tells on standard output
  if (end.exitCode === 2) return { outcome: 'damaged', why: firstOf(end.output) };
  return { outcome: 'not-examined', why: end.why };
}

// One of ours, so that neither a search path nor a name of the restored database matters.
const schema = 'cinecom_amcheck';

async function install(options: AmcheckOptions): Promise<{ readonly ours: boolean } | string> {
  const { scratch, database, signal } = options;
  const there = await withScratchClient({ scratch, database, signal }, async (client) => {
    const { rows } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`);
    return rows.length > 0;
  });
  if (there) return { ours: false };
  const why = await change(options, `CREATE SCHEMA ${schema}; CREATE EXTENSION amcheck SCHEMA ${schema}`);
  return why ?? { ours: true };
}

/** @returns why the server refused; undefined: it did not */
async function change({ scratch, database, signal }: AmcheckOptions, statements: string): Promise<string | undefined> {
  return withScratchClient({ scratch, database, signal }, (client) =>
    // no restored trigger on commands fires
    client.query(`SET session_replication_role = replica; ${statements}`).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
  );
}

/** A complaint is a line with the relation's name and one, indented, with what is wrong. */
function firstOf(output: string): string {
  const complaints = output.split(/\n(?=\S)/).map((lines) => lines.trim().replaceAll(/\s*\n\s*/g, ' '));
  const more = complaints.length - shownComplaints;
  return [...complaints.slice(0, shownComplaints), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
