/** Counters of one row of `pg_stat_statements`, rising until a reset. Times ms, blocks of the server's block size. */
export interface StatementCounters {
  readonly userId: string;
  readonly databaseId: string;
  readonly queryId: string;
  readonly topLevel: boolean;
  readonly calls: number;
  readonly totalMs: number;
  readonly rows: number;
  readonly hit: number;
  readonly read: number;
  readonly dirtied: number;
  readonly tempBlocks: number;
  readonly walBytes: number;
  readonly ioMs: number;
  /** 17 and later: when its counting began, UTC ms. */
  readonly since: number | null;
}

export interface StatementPicture {
  readonly statements: readonly StatementCounters[];
  /** Evictions so far; null before 14. */
  readonly evictions: number | null;
  /** UTC ms; null before 14. */
  readonly resetAt: number | null;
}

/** All statements of one moment, with the names of those that run them. */
export interface StatementMoment extends StatementPicture {
  /** UTC ms of the server. */
  readonly at: number;
  /** By oid. */
  readonly users: Readonly<Record<string, string>>;
  readonly databases: Readonly<Record<string, string>>;
}
