/** Condition on an object of a catalog: made by a user of the database, not by the system and not by an extension. */
export function own(catalog: string, alias: string): string {
  return `${alias}.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = '${catalog}'::regclass AND e.objid = ${alias}.oid AND e.deptype = 'e')`;
}

/** Quoted name of an object with a namespace, from `alias` and namespace alias `n`. */
export function qualified(alias: string, column: string): string {
  return `format('%I.%I', n.nspname, ${alias}.${column})`;
}

/** Rights as text, whoever granted them; a null list stands for the kind's defaults. */
export function rights(list: string, kind: string, owner: string): string {
  return `(SELECT string_agg(format('%s=%s%s', CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END,
      x.privilege_type, CASE WHEN x.is_grantable THEN '*' ELSE '' END), ',' ORDER BY x.grantee::regrole::text, x.privilege_type)
    FROM aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) AS x)`;
}
