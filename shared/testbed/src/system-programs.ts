/** Programs of Debian packages of the same name, beside PostgreSQL itself. */
export const systemPrograms = {
  pgbackrest: '/usr/bin/pgbackrest',
  pgbouncer: '/usr/sbin/pgbouncer',
} as const;
