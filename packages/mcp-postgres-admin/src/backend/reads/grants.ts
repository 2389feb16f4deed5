/** Every object with an access list: its kind, the letter of `acldefault`, where it is, and its list. */
const objects = `
SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
    (CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char" AS letter,
    format('%I.%I', n.nspname, c.relname) AS object, c.relowner AS owner, c.relacl AS acl,
    'pg_catalog.pg_class'::regclass AS class, c.oid AS oid, 0 AS sub
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
    AND (c.relacl IS NOT NULL OR n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))
UNION ALL
SELECT 'column', 'c', format('%I.%I(%I)', n.nspname, c.relname, a.attname), c.relowner, a.attacl,
    'pg_catalog.pg_class'::regclass, c.oid, a.attnum
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
UNION ALL
SELECT 'schema', 'n', format('%I', nspname), nspowner, nspacl, 'pg_catalog.pg_namespace'::regclass, oid, 0
  FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast|temp_)'
UNION ALL
SELECT 'function', 'f', oid::regprocedure::text, proowner, proacl, 'pg_catalog.pg_proc'::regclass, oid, 0
  FROM pg_catalog.pg_proc WHERE proacl IS NOT NULL
UNION ALL
SELECT 'database', 'd', format('%I', datname), datdba, datacl, 'pg_catalog.pg_database'::regclass, oid, 0
  FROM pg_catalog.pg_database WHERE datname = current_database()
UNION ALL
SELECT 'language', 'l', format('%I', lanname), lanowner, lanacl, 'pg_catalog.pg_language'::regclass, oid, 0
  FROM pg_catalog.pg_language WHERE lanacl IS NOT NULL
UNION ALL
SELECT 'foreign server', 'S', format('%I', srvname), srvowner, srvacl, 'pg_catalog.pg_foreign_server'::regclass, oid, 0
  FROM pg_catalog.pg_foreign_server WHERE srvacl IS NOT NULL
UNION ALL
SELECT 'tablespace', 't', format('%I', spcname), spcowner, spcacl, 'pg_catalog.pg_tablespace'::regclass, oid, 0
  FROM pg_catalog.pg_tablespace WHERE spcacl IS NOT NULL`;

/**
 * Rights by object and grantee. What PUBLIC has is held against what initdb or the extension gave (`pg_init_privs`), else
 * against what PostgreSQL gives by itself; objects of the system appear only with more than
 * that, and the information schema, which initdb leaves out of that list and which shows to each only what is its own, not at all.
 */
export const grantsText = `
SELECT o.kind, o.object, r.rolname::text AS owner, g.rolname::text AS grantee, array_agg(DISTINCT a.privilege_type) AS privileges,
  coalesce(array_agg(DISTINCT a.privilege_type) FILTER (WHERE a.grantee = 0 AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.aclexplode(coalesce(i.initprivs, pg_catalog.acldefault(o.letter, o.owner))) d
    WHERE d.grantee = 0 AND d.privilege_type = a.privilege_type)), '{}') AS "beyondDefault"
FROM (${objects}) o JOIN pg_catalog.pg_roles r ON r.oid = o.owner
LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.sub
CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(o.acl, pg_catalog.acldefault(o.letter, o.owner))) a
LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
WHERE (a.grantee = 0 OR g.oid IS NOT NULL)
  AND o.object <> 'information_schema' AND o.object NOT LIKE 'information\\_schema.%' AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.aclexplode(i.initprivs) d WHERE d.grantee = a.grantee AND d.privilege_type = a.privilege_type
    AND i.privtype = 'i' AND o.oid < 16384 AND o.kind <> 'schema')
GROUP BY o.kind, o.object, r.rolname, g.rolname ORDER BY 2, 4 LIMIT $1`;
