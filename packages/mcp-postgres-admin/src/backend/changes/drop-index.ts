import { quote, ToolError } from '@cinecom/mcp-core';
import type { IndexPicture } from '../../model/change.ts';
import type { Reader } from '../reader.ts';
import { resolveRelation } from '../reads/resolve.ts';

const indexText = `
SELECT format('%I.%I', n.nspname, c.relname) AS name, format('%I.%I', tn.nspname, t.relname) AS table,
  pg_catalog.pg_get_indexdef(c.oid) AS definition, pg_catalog.pg_relation_size(c.oid)::float8 AS bytes, i.indisvalid AS valid,
  CASE
    WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = c.oid) THEN 'a constraint needs it'
    WHEN i.indisprimary OR i.indisexclusion OR (i.indisunique AND i.indisvalid) THEN 'it keeps rows unique'
    WHEN i.indisreplident THEN 'it is the replica identity'
    WHEN i.indisclustered THEN 'the table is clustered by it'
    WHEN c.relkind = 'I' OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) THEN 'it belongs to a partitioned index'
    WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid OR p.relid = i.indrelid) THEN 'an index of its table is being built'
  END AS needed
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE c.oid = $1::oid AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')`;

export async function readIndex(reader: Reader, name: string): Promise<IndexPicture | undefined> {
  return (await reader.rows<IndexPicture>(indexText, [await resolveRelation(reader, name)]))[0];
}

/** Drops it without locking the table for long, if it still is what the plan saw. @throws ToolError `backend_conflict` */
export async function dropIndex(reader: Reader, expected: Pick<IndexPicture, 'name' | 'definition'>): Promise<void> {
  const index = await readIndex(reader, expected.name);
  if (index === undefined || index.needed !== null || index.definition !== expected.definition)
    throw new ToolError('backend_conflict', `index ${quote(expected.name)} is gone, needed, or another by now`, {
      hint: 'Nothing was done. Plan it again from what is there now.',
    });
  await reader.rows(`DROP INDEX CONCURRENTLY ${index.name}`);
}
