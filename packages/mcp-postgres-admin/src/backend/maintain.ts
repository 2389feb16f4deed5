import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, quote, ToolError } from '@cinecom/mcp-core';
import type { MaintenanceOp, MaintenanceStep, MaintenanceTarget, MaintenanceWork } from '../model/maintenance.ts';
import { shownIdentifier } from '../model/shown-identifier.ts';
import type { Pool } from './pool.ts';
import { type Reader, withReader } from './reader.ts';
import { setPath } from './reads/resolve.ts';
import { readInvalidIndexes, readMaintenanceStep, readMaintenanceTarget, readRights } from './reads/maintenance.ts';

const lookEveryMs = 1000;
const cleanUpMs = 30_000;

/**
 * Runs one maintenance statement over the admin pool, looking at its progress over the reader's. What a failed build leaves
 * behind is dropped; indexes that were invalid before stay.
 *
 * @throws ToolError
 */
export async function maintain(
  { admin, reader }: { readonly admin: Pool; readonly reader: Pool },
  target: MaintenanceTarget,
  { op, sql }: MaintenanceWork,
  onStep: (step: MaintenanceStep) => void,
  signal: AbortSignal,
): Promise<number> {
  let before: readonly string[] | undefined;
  const over = new AbortController();
  const watching = watch(reader, target.table, onStep, AbortSignal.any([signal, over.signal]));
  try {
    await withReader(admin, signal, async (session) => {
      await refuseUnlessAllowed(session, target, op);
      before = await readInvalidIndexes(session, target.table);
      await setPath(session, target.path);
      await session.rows(sql);
    });
  } catch (error) {
    throw withLeftovers(error, before === undefined ? nothing : await removeInvalid(admin, target.table, before));
  } finally {
    over.abort();
    await watching;
  }
  const now = await withReader(reader, signal, (session) => readMaintenanceTarget(session, target.name));
  return now?.bytes ?? target.bytes;
}

async function refuseUnlessAllowed(session: Reader, target: MaintenanceTarget, op: MaintenanceOp): Promise<void> {
  const { role, versionNumber } = session.facts;
  const grantable = versionNumber >= 170_000 && op !== 'create_index_concurrently';
  const { mine, maintain: granted, owner } = await readRights(session, target.table, grantable);
  if (mine || granted) return;
  throw new ToolError('backend_forbidden', `the role ${role} may not maintain ${quote(target.name)}`, {
    hint: grantable
      ? `GRANT pg_maintain TO ${shownIdentifier(role)}, or GRANT MAINTAIN on the table, or connect with DATABASE_ADMIN_URL as its owner.`
      : `Connect with DATABASE_ADMIN_URL as a member of its owner ${quote(owner)}.`,
  });
}

async function watch(
  pool: Pool,
  table: string,
  onStep: (step: MaintenanceStep) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await delay(lookEveryMs, undefined, { signal });
      const step = await withReader(pool, signal, (session) => readMaintenanceStep(session, table));
      if (step !== undefined) onStep(step);
    } catch {
      // Progress is a courtesy: the work goes on without it.
    }
  }
}

interface Leftovers {
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

const nothing: Leftovers = { removed: [], kept: [] };

/** After an abort too, hence under a signal of its own. A transaction that may use the table can keep it from being dropped. */
async function removeInvalid(pool: Pool, table: string, before: readonly string[]): Promise<Leftovers> {
  const signal = AbortSignal.timeout(cleanUpMs);
  const left = async (): Promise<readonly string[]> =>
    withReader(pool, signal, async (session) =>
      (await readInvalidIndexes(session, table)).filter((name) => !before.includes(name)),
    );
  const removed: string[] = [];
  try {
    for (const name of await left()) {
      await withReader(pool, signal, ({ rows }) => rows(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`));
      removed.push(name);
    }
    return { removed, kept: [] };
  } catch {
    return { removed, kept: await left().catch(() => []) };
  }
}

/** The same error, saying what became of the index that it left. */
function withLeftovers(error: unknown, { removed, kept }: Leftovers): unknown {
  if (removed.length + kept.length === 0) return error;
  const told = [
    ...removed.map((name) => `${quote(name)}, left invalid by it, was dropped again.`),
    ...kept.map((name) => `It left ${quote(name)} invalid: pg_change drop_index drops it once open transactions end.`),
  ];
  const known = isToolError(error) ? error : undefined;
  return new ToolError(known?.code ?? 'cancelled', known?.message ?? 'the build was cut off', {
    hint: told.join(' '),
    ...(known?.backendText === undefined ? {} : { backendText: known.backendText }),
    cause: known?.cause ?? error,
  });
}
