import type { ClientBase } from 'pg';

/** One connection for one statement. */
export interface GuardedLease {
  readonly client: ClientBase;
  /** Gives the connection back; `broken` means that it must not be used again. */
  readonly release: (broken: boolean) => void;
}

interface PoolLike {
  connect(): Promise<ClientBase & { release(destroy?: boolean): void }>;
}

/** Leases from a `pg` pool; a broken connection is destroyed by the pool. */
export function leaseFromPool(pool: PoolLike): () => Promise<GuardedLease> {
  return async () => {
    const client = await pool.connect();
    return { client, release: (broken) => client.release(broken) };
  };
}
