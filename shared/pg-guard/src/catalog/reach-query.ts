/** Objects made by initdb have lower numbers; everything users and extensions create has this or more. */
export const FIRST_USER_OID = 16_384;

/**
 * A function in C (13) or inside the server (12) that is not volatile, bound by a superuser to an operator or a type. Extensions
 * bring hundreds of them, for their own types; only a superuser can make one.
 */
const BOUND_HARMLESSLY = `p.prolang IN (12, 13) AND p.provolatile <> 'v'`;

/** Whether `schema` of a name pair is on the search path `$1`, or is the one written. */
const IN_SCHEMA = `n.nspname = ANY (CASE q.schema WHEN '' THEN $1 ELSE ARRAY[q.schema] END)`;

/**
 * Functions by name and by number. Values: `$1` search path, `$2 $3` schemas ('' for none) and names, `$4` numbers.
 * Rows of all queries here: `kind`, `ref` (index of the name from 1; 0 for a number), `fact` (JSON).
 */
export const FUNCTION_QUERY = `
WITH wanted_function AS (
  SELECT q.ref, p.oid FROM unnest($2::text[], $3::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_proc p ON p.proname = q.name::name
    JOIN pg_namespace n ON n.oid = p.pronamespace AND ${IN_SCHEMA}
  UNION ALL SELECT 0, unnest($4::oid[])
)
SELECT 'function' AS kind, w.ref::int, json_build_object(
    'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'kind', p.prokind, 'volatility', p.provolatile,
    'language', l.lanname, 'superuserOwned', r.rolsuper,
    'extension', CASE WHEN p.oid >= ${FIRST_USER_OID} THEN (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') END,
    'lowLevel', p.proargtypes::oid[] && ARRAY['cstring'::regtype, 'internal'::regtype]::oid[],
    'oneArgument', p.pronargs > 0 AND p.pronargs - p.pronargdefaults <= 1 OR p.provariadic <> 0,
    'rowArgument', (SELECT t.typtype IN ('c', 'p', 'd') OR EXISTS (SELECT FROM pg_cast k JOIN pg_type s ON s.oid = k.castsource
      WHERE k.casttarget = t.oid AND s.typtype = 'c') FROM pg_type t WHERE t.oid = p.proargtypes[0]),
    'arguments', p.proargtypes::oid[]::int8[], 'position', array_position($1, n.nspname::text),
    'textBody', p.prolang = 14 AND to_jsonb(p) ->> 'prosqlbody' IS NULL,
    'fixedArguments', p.pronargdefaults = 0 AND p.provariadic = 0,
    'parts', CASE WHEN p.prokind = 'a' AND p.oid >= ${FIRST_USER_OID} THEN (SELECT ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
      aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[]::int8[] FROM pg_aggregate WHERE aggfnoid = p.oid) END) AS fact
  FROM wanted_function w JOIN pg_proc p ON p.oid = w.oid JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang JOIN pg_roles r ON r.oid = p.proowner`;

/**
 * Operators, with values as for functions. Built-in ones are left out: all of them are bound to functions that pass. So is what
 * a superuser bound harmlessly.
 */
export const OPERATOR_QUERY = `
WITH wanted_operator AS (
  SELECT q.ref, o.oid FROM unnest($2::text[], $3::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_operator o ON o.oprname = q.name::name AND o.oid >= ${FIRST_USER_OID}
    JOIN pg_namespace n ON n.oid = o.oprnamespace AND ${IN_SCHEMA}
  UNION ALL SELECT 0, unnest($4::oid[])
)
SELECT 'operator' AS kind, w.ref::int, json_build_object('oid', o.oid::int8, 'schema', n.nspname, 'name', o.oprname, 'function', o.oprcode::oid::int8,
    'superuserOwned', r.rolsuper) AS fact
  FROM wanted_operator w JOIN pg_operator o ON o.oid = w.oid JOIN pg_namespace n ON n.oid = o.oprnamespace
    JOIN pg_roles r ON r.oid = o.oprowner JOIN pg_proc p ON p.oid = o.oprcode
  WHERE NOT (r.rolsuper AND ${BOUND_HARMLESSLY})`;

/**
 * Types and relations, and every type that hangs on them or on their columns if anything is bound to it; built-in types carry
 * nothing of a user. Kind `name` tells that a type name exists, kind
 * `types` which types were looked at.
 * Values: `$1` search path, types `$2 $3 $4` as above, relations `$5 $6 $7`, `$8` whether the statement itself names them.
 */
export const RELATION_QUERY = `
WITH RECURSIVE wanted_type AS (
  SELECT q.ref, t.oid FROM unnest($2::text[], $3::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_type t ON t.typname = q.name::name
    JOIN pg_namespace n ON n.oid = t.typnamespace AND ${IN_SCHEMA}
  UNION ALL SELECT 0, unnest($4::oid[])
), wanted_relation AS (
  SELECT DISTINCT ON (q.ref) q.ref, c.oid FROM unnest($5::text[], $6::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_class c ON c.relname = q.name::name
    JOIN pg_namespace n ON n.oid = c.relnamespace AND ${IN_SCHEMA}
    ORDER BY q.ref, array_position($1, n.nspname::text)
), every_relation AS (
  SELECT ref, oid FROM wanted_relation UNION ALL SELECT 0, unnest($7::oid[])
), reached_type(source, ref, via, oid) AS (
  (SELECT 'type', ref::int, oid, oid FROM wanted_type WHERE oid >= ${FIRST_USER_OID}
   UNION SELECT 'relation', w.ref::int, w.oid, v.oid FROM every_relation w JOIN pg_class c ON c.oid = w.oid, LATERAL (
     SELECT c.reltype UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) v(oid)
     WHERE c.oid >= ${FIRST_USER_OID} AND v.oid >= ${FIRST_USER_OID})
  UNION SELECT r.source, r.ref, r.via, v.oid FROM reached_type r JOIN pg_type t ON t.oid = r.oid, LATERAL (
    SELECT unnest(ARRAY[t.typbasetype, t.typelem, t.typarray])
    UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT unnest(ARRAY[g.rngsubtype, g.rngtypid]) FROM pg_range g
      WHERE g.rngtypid = t.oid OR t.typtype = 'm' AND to_jsonb(g) ->> 'rngmultitypid' = t.oid::text) v(oid) WHERE v.oid >= ${FIRST_USER_OID}
), bound_function(type, oid) AS MATERIALIZED (
  SELECT v.type, v.oid FROM (SELECT DISTINCT oid FROM reached_type) r JOIN (
    SELECT t.oid, unnest(ARRAY[t.typinput, t.typoutput, t.typmodin]::oid[]) FROM pg_type t WHERE t.oid >= ${FIRST_USER_OID} AND t.typtype = 'b'
    UNION ALL SELECT unnest(ARRAY[k.castsource, k.casttarget]), k.castfunc FROM pg_cast k WHERE k.castfunc >= ${FIRST_USER_OID}
    UNION ALL SELECT g.rngtypid, unnest(ARRAY[g.rngcanonical, g.rngsubdiff]::oid[]) FROM pg_range g WHERE g.rngtypid >= ${FIRST_USER_OID}
    UNION ALL SELECT s.amproclefttype, s.amproc::oid FROM pg_amproc s WHERE s.amproc::oid >= ${FIRST_USER_OID}
    UNION ALL SELECT m.amoplefttype, o.oprcode::oid FROM pg_amop m JOIN pg_operator o ON o.oid = m.amopopr WHERE m.amopopr >= ${FIRST_USER_OID}
  ) v(type, oid) ON v.type = r.oid JOIN pg_proc p ON p.oid = v.oid
  WHERE p.oid >= ${FIRST_USER_OID} AND NOT (${BOUND_HARMLESSLY})
)
SELECT 'name' AS kind, w.ref::int, NULL::json AS fact FROM wanted_type w WHERE w.ref > 0
UNION ALL
SELECT 'types', 0, (SELECT json_agg(DISTINCT r.oid::int8) FROM reached_type r)
UNION ALL
SELECT 'type', d.ref, json_build_object('source', d.source, 'via', d.via::int8, 'schema', n.nspname, 'name', t.typname,
    'support', ARRAY(SELECT b.oid::int8 FROM bound_function b WHERE b.type = t.oid),
    'trees', ARRAY(SELECT c.conbin::text FROM pg_constraint c WHERE t.typtype = 'd' AND c.contypid = t.oid AND c.conbin IS NOT NULL))
  FROM (SELECT DISTINCT ON (r.oid) r.oid, r.source, r.ref, r.via FROM reached_type r) d
    JOIN pg_type t ON t.oid = d.oid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'd' OR EXISTS (SELECT FROM bound_function b WHERE b.type = t.oid)
UNION ALL
SELECT 'relation', w.ref::int, json_build_object(
    'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
    'runsProgram', c.relkind = 'f' AND EXISTS (SELECT FROM pg_foreign_table f, unnest(f.ftoptions) o WHERE f.ftrelid = c.oid AND o LIKE 'program=%'),
    'rule', CASE WHEN c.relkind = 'v' THEN (SELECT json_build_object('oid', r.oid::int8, 'version', r.xmin::text) FROM pg_rewrite r
      WHERE r.ev_class = c.oid AND r.ev_type = '1') END,
    'children', CASE WHEN c.relhassubclass THEN ARRAY(SELECT i.inhrelid::int8 FROM pg_inherits i WHERE i.inhparent = c.oid) END,
    'policies', CASE WHEN c.relrowsecurity AND (NOT $8 OR row_security_active(c.oid)) THEN ARRAY(
      SELECT p.polqual::text FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL) END,
    'trees', CASE WHEN c.oid >= ${FIRST_USER_OID} AND c.relkind IN ('r', 'p', 'f') THEN ARRAY(
      SELECT d.adbin::text FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = c.oid AND a.attgenerated = 'v') END,
    'planned', CASE WHEN c.oid >= ${FIRST_USER_OID} AND c.relkind IN ('r', 'p', 'm', 'f') THEN ARRAY(SELECT v.tree FROM (
      SELECT unnest(ARRAY[i.indexprs::text, i.indpred::text]) FROM pg_index i WHERE i.indrelid = c.oid
      UNION ALL SELECT k.conbin::text FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
      UNION ALL SELECT to_jsonb(s) ->> 'stxexprs' FROM pg_statistic_ext s WHERE s.stxrelid = c.oid
      UNION ALL SELECT p.partexprs::text FROM pg_partitioned_table p WHERE p.partrelid = c.oid
      UNION ALL SELECT c.relpartbound::text) v(tree) WHERE v.tree IS NOT NULL) END)
  FROM every_relation w JOIN pg_class c ON c.oid = w.oid JOIN pg_namespace n ON n.oid = c.relnamespace`;

/** Casts by function that users made between built-in types: the implicit ones, and those to type names `$1` of the statement. */
export const CAST_QUERY = `
SELECT 'cast' AS kind, 0 AS ref, json_build_object('function', k.castfunc::int8, 'source', format_type(k.castsource, NULL),
    'target', format_type(k.casttarget, NULL)) AS fact
  FROM pg_cast k WHERE k.oid >= ${FIRST_USER_OID} AND k.castfunc <> 0
    AND k.castsource < ${FIRST_USER_OID} AND k.casttarget < ${FIRST_USER_OID}
    AND (k.castcontext = 'i' OR EXISTS (SELECT FROM pg_type t WHERE t.oid = k.casttarget AND t.typname = ANY ($1::name[])))`;

/** The analysed text of view rules; `version` changes when a view is replaced. Values: `$1` rule oids. */
export const RULE_QUERY = `SELECT r.oid::int8::text AS oid, r.xmin::text AS version, r.ev_action::text AS tree FROM pg_rewrite r WHERE r.oid = ANY ($1::oid[])`;
