import { type Guarded, openGuarded } from '@cinecom/pg-guard';
import type { PostgresSettings } from '../settings.ts';
import { isConnectionLoss } from './errors.ts';
import { receivedBytes } from './message-limit.ts';
import type { Lease, Pool } from './pool.ts';
import { withinTime } from './within-time.ts';

/** A kept connection that is not dead answers within a round trip. */
const answerWithinMs = 2000;

/** The guard over one pool: leases see the search path of their role, as the text of a user expects. */
export function createGuard(pool: Pool, settings: PostgresSettings): Guarded {
  const acquire = async (signal: AbortSignal) => {
    const lease = await livingLease(pool, signal);
    return {
      client: lease.client,
      release(broken: boolean) {
        lease.discarded();
        lease.release(broken);
      },
    };
  };
  return openGuarded(acquire, {
    allowFunctions: settings.allowFunctions,
    denySchemas: settings.denySchemas,
    powerfulRole: settings.powerfulRole,
    statementTimeoutMs: settings.statementTimeout * 1000,
    lockTimeoutMs: settings.lockTimeout * 1000,
    receivedBytes,
    now: () => performance.now(),
  });
}

/** A connection that has just answered, so that a server that was restarted meanwhile costs no failed call. */
async function livingLease(pool: Pool, signal: AbortSignal): Promise<Lease> {
  for (;;) {
    const lease = await pool.lease(signal);
    try {
      await withinTime(lease.searchPath('role'), answerWithinMs);
      return lease;
    } catch (error) {
      lease.release(true);
      if (lease.fresh || !isConnectionLoss(error)) throw error;
    }
  }
}
