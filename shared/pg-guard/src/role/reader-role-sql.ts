import { schemaGrants } from './missing-grants.ts';
import { quoteIdentifier } from './quote-identifier.ts';

/**
 * The least-privilege role of the read tools, as statements for a superuser.
 *
 * @param major server version; before 14 there is no `pg_read_all_data`, so schemas are granted one by one
 * @param schemas those to grant before 14
 */
export function readerRoleSql(name: string, major: number, schemas: readonly string[]): readonly string[] {
  const role = quoteIdentifier(name);
  return [
    `CREATE ROLE ${role} LOGIN;`,
    `GRANT pg_monitor TO ${role};`,
    ...(major >= 14 ? [`GRANT pg_read_all_data TO ${role};`] : schemas.flatMap((schema) => schemaGrants(schema, name))),
    ...(major >= 16 ? [`GRANT pg_use_reserved_connections TO ${role};`] : []),
    `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
  ];
}
