import { setTimeout as delay } from 'node:timers/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import type { PostgresSettings } from '../settings.ts';
import { isSame } from '../analysis/signalling.ts';
import type { SessionIdentity, SessionSignal, Signalled, Signalling } from '../model/signalling.ts';
import { sqlState } from './errors.ts';
import { createPool, type Pool } from './pool.ts';
import { withReader } from './reader.ts';
import { readSession } from './reads/sessions.ts';

const waitMs = 5000;
const lookEveryMs = 50;
const functions: Readonly<Record<SessionSignal, string>> = {
  cancel: 'pg_cancel_backend',
  terminate: 'pg_terminate_backend',
};

export interface SignallingBackend extends Signalling {
  close(): Promise<void>;
}

/** Sessions are looked at over the reader's pool and signalled over the admin connection, which opens only for that. */
export function createSignalling(
  pool: Pool,
  settings: PostgresSettings,
  log: (text: string) => void,
): SignallingBackend {
  const admin = createPool({
    client: {
      connectionString: settings.adminConnection ?? settings.connection,
      readOnly: true,
      statementTimeoutMs: settings.statementTimeout * 1000,
      lockTimeoutMs: settings.lockTimeout * 1000,
    },
    limit: 1,
    keep: 0,
    log,
  });
  const look = (pid: number, signal: AbortSignal) =>
    withReader(pool, signal, (reader) => readSession(reader, pid, [...pool.pids(), ...admin.pids()]));
  return {
    session: look,
    async signalSession(kind, identity, signal): Promise<Signalled> {
      if (!(await send(admin, kind, identity, signal))) return { sent: false, ended: false };
      const began = performance.now();
      while (performance.now() - began < waitMs) {
        if (isOver(kind, identity, await look(identity.pid, signal))) return { sent: true, ended: true };
        await delay(lookEveryMs, undefined, { signal });
      }
      return { sent: true, ended: false };
    },
    close: () => admin.close(),
  };
}

/** One statement: between looking and signalling nothing can come. */
async function send(
  admin: Pool,
  kind: SessionSignal,
  identity: SessionIdentity,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await withReader(admin, signal, async ({ rows }) => {
      const found = await rows<{ sent: boolean }>(
        `SELECT pg_catalog.${functions[kind]}(pid) AS sent FROM pg_catalog.pg_stat_activity
          WHERE pid = $1 AND backend_start::text = $2 AND pg_catalog.md5(coalesce(query, '')) = $3
            AND backend_type NOT IN ('walsender', 'walreceiver') AND pid <> pg_catalog.pg_backend_pid()`,
        [identity.pid, identity.backendStart, identity.queryDigest],
      );
      return found[0]?.sent ?? false;
    });
  } catch (error) {
    if (isToolError(error) && sqlState(error.cause) === '42501') throw mayNotSignal(error);
    throw error;
  }
}

function mayNotSignal(error: ToolError): ToolError {
  return new ToolError('backend_forbidden', 'the role of DATABASE_ADMIN_URL may not signal this session', {
    hint: 'As a superuser: GRANT pg_signal_backend TO the role. Sessions of superusers can only be ended by superusers.',
    ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
    cause: error.cause,
  });
}

function isOver(
  kind: SessionSignal,
  identity: SessionIdentity,
  now: Awaited<ReturnType<Signalling['session']>>,
): boolean {
  if (!isSame(now, identity)) return true;
  return kind === 'cancel' && now?.state !== 'active';
}
