import { own, qualified, rights } from './own.ts';

const relation = qualified('c', 'relname');
const relationsFrom = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'S') AND n.nspname !~ '^pg_' AND c.relpersistence <> 't' AND ${own('pg_class', 'c')}`;
const routine = `format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))`;
const routinesFrom = `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('pg_proc', 'p')}`;

/** Queries of (name, definition) for owners, rights, comments, roles and settings. */
export function rightsCategories(major: number): Readonly<Record<string, string>> {
  const options = major >= 16 ? `, m.inherit_option, m.set_option` : '';
  const here = `(SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    owners: `SELECT ${relation}, pg_get_userbyid(c.relowner) FROM ${relationsFrom}
      UNION ALL SELECT ${routine}, pg_get_userbyid(p.proowner) FROM ${routinesFrom}
      UNION ALL SELECT quote_ident(n.nspname), pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND ${own('pg_namespace', 'n')}`,
    rights: `SELECT ${relation}, CASE c.relkind WHEN 'S' THEN ${rights('c.relacl', 's', 'c.relowner')} ELSE ${rights('c.relacl', 'r', 'c.relowner')} END FROM ${relationsFrom}
      UNION ALL SELECT format('%s.%I', a.attrelid::regclass, a.attname), ${rights('a.attacl', 'c', 'c.relowner')}
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND ${own('pg_class', 'c')}
      UNION ALL SELECT ${routine}, ${rights('p.proacl', 'f', 'p.proowner')} FROM ${routinesFrom}
      UNION ALL SELECT quote_ident(n.nspname), ${rights('n.nspacl', 'n', 'n.nspowner')} FROM pg_namespace n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
    'default rights': `SELECT concat_ws(' ', pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype), d.defaclacl::text
      FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`,
    comments: `SELECT (pg_identify_object(d.classoid, d.objoid, d.objsubid)).identity, d.description FROM pg_description d
      WHERE d.objoid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`,
    'large objects': `SELECT l.oid::text, pg_get_userbyid(l.lomowner) FROM pg_largeobject_metadata l`,
    'content of large objects': `SELECT l.oid::text, (SELECT md5(string_agg(p.pageno || ':' || md5(p.data), ',' ORDER BY p.pageno)) FROM pg_largeobject p WHERE p.loid = l.oid)
      FROM pg_largeobject_metadata l`,
    'database settings': `SELECT coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'all roles'), s.setconfig::text FROM pg_db_role_setting s WHERE s.setdatabase = ${here}`,
    'role settings': `SELECT quote_ident(pg_get_userbyid(s.setrole)), s.setconfig::text FROM pg_db_role_setting s WHERE s.setdatabase = 0 AND s.setrole <> 0`,
    database: `SELECT 'encoding and collation', concat_ws(' ', pg_encoding_to_char(d.encoding), d.datcollate, d.datctype) FROM pg_database d WHERE d.datname = current_database()`,
    roles: `SELECT quote_ident(r.rolname), concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil)
      FROM pg_roles r WHERE r.oid >= 16384`,
    memberships: `SELECT format('%I in %I', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid)), concat_ws(' ', m.admin_option${options})
      FROM pg_auth_members m WHERE m.member >= 16384`,
    'collation versions': `SELECT ${qualified('l', 'collname')}, l.collversion FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace WHERE ${own('pg_collation', 'l')}`,
  };
}
