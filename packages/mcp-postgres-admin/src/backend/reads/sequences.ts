import type { SequenceState } from '../../model/health.ts';
import type { Reader } from '../reader.ts';

/** Sequences with the column that uses them: by ownership (serial, identity), else by its default. */
export async function readSequences(reader: Reader): Promise<readonly SequenceState[]> {
  return reader.rows<SequenceState>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS sequence, col.name AS column,
       coalesce(col.type, format_type(s.seqtypid, NULL)) AS type,
       CASE WHEN has_sequence_privilege(c.oid, 'USAGE, SELECT') THEN pg_catalog.pg_sequence_last_value(c.oid)::float8 END AS last,
       CASE WHEN s.seqincrement < 0 THEN s.seqmin::float8
            ELSE least(s.seqmax::float8, CASE coalesce(col.type, format_type(s.seqtypid, NULL))
              WHEN 'smallint' THEN 32767 WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END) END AS limit,
       s.seqincrement::float8 AS increment, s.seqcycle AS cycles
     FROM pg_catalog.pg_sequence s
     JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN LATERAL (
       SELECT format('%I.%I.%I', tn.nspname, t.relname, a.attname) AS name, format_type(a.atttypid, NULL) AS type
       FROM (SELECT d.refobjid AS relation, d.refobjsubid AS number, 0 AS rank FROM pg_catalog.pg_depend d
               WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
                 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
             UNION ALL
             SELECT ad.adrelid, ad.adnum, 1 FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef ad ON ad.oid = d.objid
               WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.seqrelid) o
       JOIN pg_catalog.pg_class t ON t.oid = o.relation JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid = o.relation AND a.attnum = o.number
       ORDER BY o.rank, a.atttypid <> 21, a.atttypid <> 23 LIMIT 1) col ON true
     WHERE NOT pg_catalog.pg_is_other_temp_schema(n.oid) ORDER BY 1 LIMIT 5000`,
  );
}
