import { own, qualified } from './own.ts';

const relation = qualified('c', 'relname');
const from = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;
const ours = `${own('pg_class', 'c')} AND n.nspname !~ '^pg_' AND c.relpersistence <> 't'`;

/** Queries of (name, definition) for what belongs to relations. */
export function relationCategories(major: number): Readonly<Record<string, string>> {
  return {
    relations: `SELECT ${relation}, concat_ws(' ', c.relkind, c.relpersistence, c.reloptions::text, c.relrowsecurity, c.relforcerowsecurity,
        c.relispartition, pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
        (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid))
      FROM ${from} WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'c') AND ${ours}`,
    columns:
      columns(`a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation, a.attstorage,
        a.attoptions::text`),
    defaults: columns(`a.attname, pg_get_expr(d.adbin, d.adrelid)`, `a.atthasdef AND a.attgenerated = ''`),
    'identity columns': columns(`a.attname, a.attidentity`, `a.attidentity <> ''`),
    'generated columns': columns(`a.attname, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)`, `a.attgenerated <> ''`),
    indexes: `SELECT ${relation}, concat_ws(' ', pg_get_indexdef(c.oid), c.reloptions::text, i.indisclustered, i.indisreplident)
      FROM ${from} JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indisvalid AND ${ours}`,
    constraints: `SELECT format('%s.%I', coalesce(nullif(k.conrelid, 0)::regclass::text, nullif(k.contypid, 0)::regtype::text), k.conname),
        concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated)
      FROM pg_constraint k WHERE k.contype <> 'n' AND ${own('pg_constraint', 'k')}
        AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = k.conrelid AND e.deptype = 'e')`,
    views: `SELECT ${relation}, pg_get_viewdef(c.oid) FROM ${from} WHERE c.relkind IN ('v', 'm') AND ${ours}`,
    rules: `SELECT format('%s.%I', r.ev_class::regclass, r.rulename), pg_get_ruledef(r.oid) || r.ev_enabled::text
      FROM pg_rewrite r WHERE r.rulename <> '_RETURN' AND ${own('pg_rewrite', 'r')}`,
    triggers: `SELECT format('%s.%I', t.tgrelid::regclass, t.tgname), pg_get_triggerdef(t.oid) || t.tgenabled::text
      FROM pg_trigger t WHERE NOT t.tgisinternal AND ${own('pg_trigger', 't')}`,
    policies: `SELECT format('%s.%I', p.polrelid::regclass, p.polname), concat_ws(' ', p.polcmd, p.polpermissive,
        (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role) END, ',' ORDER BY role = 0, pg_get_userbyid(role)) FROM unnest(p.polroles) AS role),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM pg_policy p WHERE ${own('pg_policy', 'p')}`,
    'extended statistics': `SELECT ${qualified('s', 'stxname')}, pg_get_statisticsobjdef(s.oid)
      FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${own('pg_statistic_ext', 's')}`,
    sequences: `SELECT ${relation}, concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
      FROM ${from} JOIN pg_sequence s ON s.seqrelid = c.oid WHERE ${ours}`,
    publications: `SELECT quote_ident(p.pubname), concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
        (SELECT string_agg(format('%I.%I', t.schemaname, t.tablename), ',' ORDER BY t.schemaname, t.tablename)
           FROM pg_publication_tables t WHERE t.pubname = p.pubname))
      FROM pg_publication p`,
    // Readable by all; the connection text is not.
    subscriptions: `SELECT quote_ident(s.subname), s.subpublications::text FROM pg_subscription s
      WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    ...(major >= 14 ? { compression: columns(`a.attname, a.attcompression`, `a.attcompression <> ''`) } : {}),
  };
}

/** One row a column, of what `expressions` give; the place counts, its number does not (dropped columns leave gaps). */
function columns(expressions: string, condition = 'true'): string {
  return `SELECT ${relation}, concat_ws(' ', lpad(rank() OVER (PARTITION BY c.oid ORDER BY a.attnum)::text, 4, '0'), ${expressions})
    FROM ${from} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'c') AND ${condition} AND ${ours}`;
}
