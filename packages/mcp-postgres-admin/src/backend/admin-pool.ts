import type { PostgresSettings } from '../settings.ts';
import { createPool, type Pool } from './pool.ts';

/** How patient confirmed changes are. */
export interface AdminPatience {
  readonly lockTimeoutMs: number;
  /** 0 = as long as the call allows: an index may take minutes. */
  readonly statementTimeoutMs: number;
}

/**
 * Connections that may write, for `apply` only. Each lives for one piece of work and nothing is ever repeated on another.
 *
 * @param database other than that of the connection
 */
export function createAdminPool(
  settings: PostgresSettings,
  { lockTimeoutMs, statementTimeoutMs }: AdminPatience,
  { database, log }: { readonly database?: string | undefined; readonly log: (text: string) => void },
): Pool {
  return createPool({
    client: {
      connectionString: settings.adminConnection ?? settings.connection,
      database,
      readOnly: false,
      statementTimeoutMs,
      lockTimeoutMs,
    },
    limit: 1,
    keep: 0,
    log,
  });
}
