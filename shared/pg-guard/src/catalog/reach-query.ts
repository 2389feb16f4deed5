/** Objects made by initdb have lower numbers; everything users and extensions create has this or more. */
export const FIRST_USER_OID = 16_384;

/**
 * One question to the catalog, by name (`$2`…) and by oid: what the things are and what running them would reach.
 *
 * Values: `$1` search path; then name pairs (schema or '', name) and oids of functions `$2 $3 $4`, operators `$5 $6 $7`, types
 * `$8 $9 $10`, relations `$11 $12 $13`; `$14` whether the relations are named by the statement itself.
 * Rows: `kind`, `ref` (index of the name from 1, 0 for an oid), `fact` (JSON).
 * Built-in operators are left out: all of them are bound to functions that pass. So are built-in types: nothing of a user hangs
 * on them but casts between two of them, which come as kind `cast`.
 */
export const REACH_QUERY = `
WITH wanted_function AS (
  SELECT q.ref, p.oid FROM unnest($2::text[], $3::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_proc p ON p.proname = q.name::name
    JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = ANY (CASE q.schema WHEN '' THEN $1 ELSE ARRAY[q.schema] END)
  UNION ALL SELECT 0, unnest($4::oid[])
), wanted_operator AS (
  SELECT q.ref, o.oid FROM unnest($5::text[], $6::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_operator o ON o.oprname = q.name::name AND o.oid >= ${FIRST_USER_OID}
    JOIN pg_namespace n ON n.oid = o.oprnamespace AND n.nspname = ANY (CASE q.schema WHEN '' THEN $1 ELSE ARRAY[q.schema] END)
  UNION ALL SELECT 0, unnest($7::oid[])
), wanted_type AS (
  SELECT q.ref, t.oid FROM unnest($8::text[], $9::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_type t ON t.typname = q.name::name
    JOIN pg_namespace n ON n.oid = t.typnamespace AND n.nspname = ANY (CASE q.schema WHEN '' THEN $1 ELSE ARRAY[q.schema] END)
  UNION ALL SELECT 0, unnest($10::oid[])
), wanted_relation AS (
  SELECT DISTINCT ON (q.ref) q.ref, c.oid FROM unnest($11::text[], $12::text[]) WITH ORDINALITY q(schema, name, ref)
    JOIN pg_class c ON c.relname = q.name::name
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ANY (CASE q.schema WHEN '' THEN $1 ELSE ARRAY[q.schema] END)
    ORDER BY q.ref, array_position($1, n.nspname::text)
), every_relation AS (
  SELECT ref, oid FROM wanted_relation UNION ALL SELECT 0, unnest($13::oid[])
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
    'fixedArguments', p.pronargdefaults = 0 AND p.provariadic = 0,
    'parts', CASE WHEN p.prokind = 'a' AND p.oid >= ${FIRST_USER_OID} THEN (SELECT ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
      aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[]::int8[] FROM pg_aggregate WHERE aggfnoid = p.oid) END) AS fact
  FROM wanted_function w JOIN pg_proc p ON p.oid = w.oid JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang JOIN pg_roles r ON r.oid = p.proowner
UNION ALL
SELECT 'operator', w.ref::int, json_build_object('oid', o.oid::int8, 'schema', n.nspname, 'name', o.oprname, 'function', o.oprcode::oid::int8,
    'superuserOwned', r.rolsuper)
  FROM wanted_operator w JOIN pg_operator o ON o.oid = w.oid JOIN pg_namespace n ON n.oid = o.oprnamespace JOIN pg_roles r ON r.oid = o.oprowner
  WHERE o.oid >= ${FIRST_USER_OID} AND o.oprcode <> 0
UNION ALL
SELECT 'type', w.ref::int, CASE WHEN t.oid < ${FIRST_USER_OID} THEN json_build_object('oid', t.oid::int8) ELSE json_build_object(
    'oid', t.oid::int8, 'schema', n.nspname, 'name', t.typname,
    'types', ARRAY(SELECT DISTINCT v.oid::int8 FROM (
      SELECT unnest(ARRAY[t.typbasetype, t.typelem, t.typarray])
      UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL SELECT g.rngsubtype FROM pg_range g WHERE g.rngtypid = t.oid) v(oid) WHERE v.oid >= ${FIRST_USER_OID}),
    'functions', ARRAY(SELECT k.castfunc::int8 FROM pg_cast k WHERE (k.castsource = t.oid OR k.casttarget = t.oid) AND k.castfunc <> 0),
    'support', ARRAY(SELECT DISTINCT v.oid::int8 FROM (
      SELECT unnest(ARRAY[t.typinput, t.typoutput, t.typmodin]::oid[])
      UNION ALL SELECT unnest(ARRAY[g.rngcanonical, g.rngsubdiff]::oid[]) FROM pg_range g WHERE g.rngtypid = t.oid
      UNION ALL SELECT s.amproc FROM pg_amproc s WHERE s.amproclefttype = t.oid
      UNION ALL SELECT o.oprcode FROM pg_amop m JOIN pg_operator o ON o.oid = m.amopopr WHERE m.amoplefttype = t.oid) v(oid)
      WHERE v.oid >= ${FIRST_USER_OID}),
    'trees', ARRAY(SELECT c.conbin::text FROM pg_constraint c WHERE c.contypid = t.oid AND c.conbin IS NOT NULL)) END
  FROM wanted_type w JOIN pg_type t ON t.oid = w.oid JOIN pg_namespace n ON n.oid = t.typnamespace
UNION ALL
SELECT 'cast', 0, json_build_object('function', k.castfunc::int8, 'source', format_type(k.castsource, NULL), 'target', format_type(k.casttarget, NULL))
  FROM pg_cast k WHERE k.oid >= ${FIRST_USER_OID} AND k.castfunc <> 0 AND $14
    AND k.castsource < ${FIRST_USER_OID} AND k.casttarget < ${FIRST_USER_OID}
    AND (k.castcontext = 'i' OR k.casttarget IN (SELECT oid FROM wanted_type))
UNION ALL
SELECT 'relation', w.ref::int, json_build_object(
    'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
    'rule', CASE WHEN c.relkind = 'v' THEN (SELECT json_build_object('oid', r.oid::int8, 'version', r.xmin::text) FROM pg_rewrite r
      WHERE r.ev_class = c.oid AND r.ev_type = '1') END,
    'types', CASE WHEN c.oid < ${FIRST_USER_OID} THEN NULL ELSE ARRAY(SELECT DISTINCT v.oid::int8 FROM (
      SELECT c.reltype UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
      v(oid) WHERE v.oid >= ${FIRST_USER_OID}) END,
    'children', CASE WHEN c.relhassubclass THEN ARRAY(SELECT i.inhrelid::int8 FROM pg_inherits i WHERE i.inhparent = c.oid) END,
    'policies', CASE WHEN c.relrowsecurity AND (NOT $14 OR row_security_active(c.oid)) THEN ARRAY(
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

/** The analysed text of view rules; `version` changes when a view is replaced. Values: `$1` rule oids. */
export const RULE_QUERY = `SELECT r.oid::int8::text AS oid, r.xmin::text AS version, r.ev_action::text AS tree FROM pg_rewrite r WHERE r.oid = ANY ($1::oid[])`;
