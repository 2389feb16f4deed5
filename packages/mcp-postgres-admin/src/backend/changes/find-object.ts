import { quote, ToolError } from '@cinecom/mcp-core';
import { everybody, type ObjectKind, type RightsChange } from '../../model/change.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation } from '../reads/resolve.ts';

export interface FoundObject {
  /** Quoted, with schema and arguments. */
  readonly name: string;
  readonly keyword: string;
  readonly owner: string;
  readonly system: boolean;
  /** Sorted; `*` = with grant option. */
  readonly rights: readonly string[];
  /** Of the role, as `column SELECT`. */
  readonly columnRights: readonly string[];
}

interface Place {
  readonly from: string;
  readonly columns: string;
}

const relation = (kinds: string): Place => ({
  columns: `format('%I.%I', n.nspname, o.relname) AS name, o.relowner AS owner_id,
    coalesce(o.relacl, pg_catalog.acldefault(CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", o.relowner)) AS acl,
    n.nspname IN ('pg_catalog', 'information_schema') AS system, o.oid AS relation`,
  from: `pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
    WHERE o.oid = $1::oid AND o.relkind IN (${kinds})`,
});

const places: Readonly<Record<ObjectKind, Place>> = {
  table: relation("'r', 'p', 'v', 'm', 'f'"),
  sequence: relation("'S'"),
  schema: {
    columns: `format('%I', o.nspname) AS name, o.nspowner AS owner_id, coalesce(o.nspacl, pg_catalog.acldefault('n', o.nspowner)) AS acl,
      o.nspname IN ('pg_catalog', 'information_schema', 'pg_toast') AS system, NULL::oid AS relation`,
    from: 'pg_catalog.pg_namespace o WHERE o.oid = pg_catalog.to_regnamespace($1)',
  },
  function: {
    columns: `format('%I.%I(%s)', n.nspname, o.proname, pg_catalog.pg_get_function_identity_arguments(o.oid)) AS name,
      o.proowner AS owner_id, coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner)) AS acl,
      n.nspname IN ('pg_catalog', 'information_schema') AS system, NULL::oid AS relation`,
    from: `pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
      WHERE o.oid = pg_catalog.to_regprocedure($1)`,
  },
  database: {
    columns: `format('%I', o.datname) AS name, o.datdba AS owner_id, coalesce(o.datacl, pg_catalog.acldefault('d', o.datdba)) AS acl,
      false AS system, NULL::oid AS relation`,
    from: 'pg_catalog.pg_database o WHERE o.datname = $1 AND o.datname = current_database()',
  },
};

const lines = (source: string, prefix: string): string => `ARRAY(
  SELECT '${prefix}' || a.privilege_type || CASE WHEN bool_or(a.is_grantable) THEN '*' ELSE '' END
  FROM ${source} a LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
  WHERE CASE WHEN $2 = '${everybody}' THEN a.grantee = 0 ELSE g.rolname = $2 END GROUP BY a.privilege_type ORDER BY 1)`;

/** Finds the object of a right in the catalog, with what the role holds on it. @throws ToolError `backend_not_found` */
export async function findObject(
  reader: Reader,
  { objectKind, object, role }: RightsChange & { type: 'right' },
): Promise<FoundObject> {
  const { from, columns } = places[objectKind];
  const columnAcls = `(SELECT x.* FROM pg_catalog.pg_attribute c CROSS JOIN LATERAL pg_catalog.aclexplode(c.attacl) x
    WHERE c.attrelid = f.relation AND c.attacl IS NOT NULL)`;
  const isRelation = objectKind === 'table' || objectKind === 'sequence';
  const [found] = await reader.rows<Omit<FoundObject, 'keyword'>>(
    `SELECT f.name, r.rolname::text AS owner, f.system, ${lines('pg_catalog.aclexplode(f.acl)', '')} AS rights,
       ${lines(columnAcls, 'column ')} AS "columnRights"
     FROM (SELECT ${columns} FROM ${from}) f JOIN pg_catalog.pg_roles r ON r.oid = f.owner_id`,
    [isRelation ? await resolveRelation(reader, object) : object, role],
  );
  if (found !== undefined) return { ...found, keyword: objectKind.toUpperCase() };
  throw new ToolError('backend_not_found', `there is no ${objectKind} ${quote(object)}`, {
    hint: 'Write it with its schema, quoted as in SQL: public.movies, schema app, function app.price(integer), sequence app.ids.',
  });
}
