import { own, qualified } from './own.ts';

const routine = `format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))`;

// Kinds that few databases hold: their identity is compared, their definition is not.
const others = [
  'pg_operator',
  'pg_opclass',
  'pg_opfamily',
  'pg_cast',
  'pg_conversion',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_ts_parser',
  'pg_ts_template',
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
  'pg_am',
  'pg_transform',
];

/** Queries of (name, definition) for functions, types, extensions and what is rarer. */
export const codeCategories: Readonly<Record<string, string>> = {
  schemas: `SELECT quote_ident(n.nspname), '' FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND ${own('pg_namespace', 'n')}`,
  functions: `SELECT ${routine}, CASE p.prokind WHEN 'a' THEN format('aggregate %s', pg_get_function_result(p.oid)) ELSE pg_get_functiondef(p.oid) END
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('pg_proc', 'p')}`,
  types: `SELECT ${qualified('t', 'typname')}, concat_ws(' ', t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
      (SELECT string_agg(quote_literal(v.enumlabel), ',' ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = t.oid),
      (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid))
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('d', 'e', 'r') AND n.nspname !~ '^pg_' AND ${own('pg_type', 't')}`,
  extensions: `SELECT quote_ident(e.extname), concat_ws(' ', e.extversion, n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
  'event triggers': `SELECT quote_ident(t.evtname), concat_ws(' ', t.evtevent, t.evtfoid::regprocedure, t.evtenabled, t.evttags::text)
    FROM pg_event_trigger t WHERE ${own('pg_event_trigger', 't')}`,
  others: others
    .map(
      (catalog) =>
        `SELECT (pg_identify_object('${catalog}'::regclass, o.oid, 0)).identity, '${catalog}' FROM ${catalog} o WHERE ${own(catalog, 'o')}`,
    )
    .join(' UNION ALL '),
};
