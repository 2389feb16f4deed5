/** One row of `pg_stat_activity`. Times are UTC ms of the server's clock; ages and durations ms. */
export interface Session {
  readonly pid: number;
  readonly leaderPid: number | null;
  readonly database: string | null;
  readonly user: string | null;
  readonly application: string;
  readonly address: string | null;
  readonly kind: string;
  readonly state: string | null;
  /** Exact text of the server, for comparing. */
  readonly backendStart: string;
  readonly queryStart: string | null;
  readonly connectedMs: number;
  readonly transactionMs: number | null;
  readonly queryMs: number | null;
  /** Since the state last changed. */
  readonly stateMs: number | null;
  readonly waitEvent: string | null;
  readonly holdsXid: boolean;
  /** Transactions that began since its snapshot or its own: what it keeps vacuum from removing. */
  readonly xminAge: number | null;
  readonly query: string;
  readonly queryDigest: string;
  readonly tls: boolean | null;
  /** A connection of this server itself. */
  readonly own: boolean;
}

/** How many connections the server takes. */
export interface ConnectionLimits {
  readonly max: number;
  readonly superuserReserved: number;
  /** `reserved_connections`, 16 and later. */
  readonly reserved: number;
}
