export interface RolePower {
  readonly power:
    | 'superuser'
    | 'createrole'
    | 'replication'
    | 'bypassrls'
    | 'pg_execute_server_program'
    | 'pg_read_server_files'
    | 'pg_write_server_files'
    | 'pg_write_all_data';
  /** Roles from the connection's own to the one that holds it. */
  readonly through: readonly string[];
}

export interface RoleFacts {
  readonly role: string;
  readonly major: number;
  readonly readOnlyDefault: boolean;
  readonly powers: readonly RolePower[];
  /** Every role that it is, or is a member of. */
  readonly memberships: readonly string[];
  readonly ownedTables: number;
  /** Schemas that hold something which the role may not read. */
  readonly unreadableSchemas: readonly string[];
}
