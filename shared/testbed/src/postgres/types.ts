export type PostgresMajor = 13 | 14 | 15 | 16 | 17 | 18;

export const postgresMajors: readonly PostgresMajor[] = [13, 14, 15, 16, 17, 18];

/** Where a server comes from: an address in the environment, the system's packages, or an npm package with binaries. */
export type PostgresSource = 'address' | 'debian' | 'embedded';

export interface PostgresOptions {
  /** Any major when left out: the system's own first, then the embedded one. */
  readonly major?: PostgresMajor | undefined;
  /** Take this source or none. */
  readonly prefer?: 'debian' | 'embedded' | undefined;
  /** Lines of postgresql.conf, added after the test bed's own, so they win. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Libraries to preload beside pg_stat_statements. */
  readonly preload?: readonly string[];
  /** How connections over TCP prove who they are; `trust` by default. */
  readonly auth?: 'trust' | 'scram';
  /** Databases to create at start. */
  readonly databases?: readonly string[];
  /** The caller stops, pauses or restarts the server, so an address in the environment will not do. */
  readonly control?: boolean;
  /** Run initdb instead of copying a cached cluster; then the system identifier is unique. */
  readonly fresh?: boolean;
}

/** `smart` is not offered: it waits for clients. `kill` is SIGKILL on the whole tree, as if power had failed. */
export type ShutdownMode = 'fast' | 'immediate' | 'kill';

export interface RoleOptions {
  readonly password?: string;
  /** As in CREATE ROLE; `['LOGIN']` by default. */
  readonly attributes?: readonly string[];
  /** Roles to be a member of, for example `pg_monitor`. */
  readonly grants?: readonly string[];
  /** ALTER ROLE … SET. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  readonly source: PostgresSource;
  readonly major: number;
  /** As the server reports it, for example `15.14`. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** Folder of the server's programs; empty for an address. */
  readonly binDir: string;
  /** Client tools (`pg_dump`, `psql`, `pg_basebackup`) lie in `binDir`. */
  readonly hasClientTools: boolean;
  /** The contrib modules can be created, `pg_stat_statements` among them. */
  readonly hasContrib: boolean;
  superuserUrl(database?: string): string;
  /** Address for a role made by `createRole`, with its password. */
  url(role: string, database?: string): string;
  /** Runs one text as superuser on a connection of its own. */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    values?: readonly unknown[],
    database?: string,
  ): Promise<Row[]>;
  /** @returns the name, made up when left out */
  createDatabase(name?: string, options?: { readonly template?: string }): Promise<string>;
  /** Ends its sessions first. */
  dropDatabase(name: string): Promise<void>;
  /** @returns the address to connect with, for database `postgres` */
  createRole(name: string, options?: RoleOptions): Promise<string>;
  dropRole(name: string): Promise<void>;
  /** Stops and keeps the data. @throws BackendUnavailable for an address */
  down(mode?: ShutdownMode): Promise<void>;
  /** Starts again on the same port. @throws BackendUnavailable for an address */
  up(): Promise<void>;
  /** `down` and `up`. @throws BackendUnavailable for an address */
  restart(mode?: ShutdownMode): Promise<void>;
  /** Stops every process of the server with SIGSTOP: connections hang, nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The server's log so far. */
  logs(): string;
}
