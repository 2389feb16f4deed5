import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, quote, ToolError } from '@cinecom/mcp-core';
import type { Maintained, MaintenanceStep, MaintenanceTarget } from '../model/maintenance.ts';
import type { Pool } from './pool.ts';
import { type Reader, withReader } from './reader.ts';
import { setPath } from './reads/resolve.ts';
import {
  readInvalidIndexes,
  readMaintenanceStep,
  readMaintenanceTarget,
  readMayMaintain,
} from './reads/maintenance.ts';

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
  sql: string,
  onStep: (step: MaintenanceStep) => void,
  signal: AbortSignal,
): Promise<Maintained> {
  const before = await withReader(admin, signal, async (session) => {
    await refuseUnlessAllowed(session, target, sql);
    return readInvalidIndexes(session, target.table);
  });
  const over = new AbortController();
  const watching = watch(reader, target.table, onStep, AbortSignal.any([signal, over.signal]));
  try {
    await withReader(admin, signal, async (session) => {
      await setPath(session, target.path);
      await session.rows(sql);
    });
  } catch (error) {
    const removed = await removeInvalid(admin, target.table, before);
    if (removed.length === 0 || !isToolError(error)) throw error;
    throw new ToolError(error.code, error.message, {
      hint: `${removed.map(quote).join(', ')}, left invalid by it, ${removed.length === 1 ? 'was' : 'were'} dropped again.`,
      ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
      cause: error.cause,
    });
  } finally {
    over.abort();
    await watching;
  }
  const now = await withReader(reader, signal, (session) => readMaintenanceTarget(session, target.name));
  return { bytes: now?.bytes ?? target.bytes, removed: [] };
}

async function refuseUnlessAllowed(session: Reader, target: MaintenanceTarget, sql: string): Promise<void> {
  const builds = sql.startsWith('CREATE');
  const right = await readMayMaintain(session, target.table, builds);
  if (right === undefined || right.allowed) return;
  const { role, versionNumber } = session.facts;
  throw new ToolError('backend_forbidden', `the role ${role} may not maintain ${quote(target.name)}`, {
    hint:
      versionNumber >= 170_000 && !builds
        ? `GRANT pg_maintain TO ${role}, or GRANT MAINTAIN on the table, or connect with DATABASE_ADMIN_URL as its owner.`
        : `Connect with DATABASE_ADMIN_URL as a member of its owner ${quote(right.owner)}.`,
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

/** After an abort too, hence under a signal of its own. */
async function removeInvalid(pool: Pool, table: string, before: readonly string[]): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(cleanUpMs);
  try {
    return await withReader(pool, signal, async (session) => {
      const left = (await readInvalidIndexes(session, table)).filter((name) => !before.includes(name));
      for (const name of left) await session.rows(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      return left;
    });
  } catch {
    // pg_index_audit names what is left.
    return [];
  }
}
