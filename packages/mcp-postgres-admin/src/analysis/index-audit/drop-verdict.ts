import type { IndexAudit } from '../../model/index-audit.ts';
import { auditIndexes } from './audit.ts';
import { supports } from './foreign-keys.ts';
import type { EarlierIndexes } from './use.ts';

const droppable: readonly string[] = ['unused', 'duplicate', 'redundant', 'invalid'];

/** Whether the audit of its table lets an index go, and why or why not. */
export function dropVerdict(
  name: string,
  audit: IndexAudit,
  earlier: EarlierIndexes | undefined,
): { readonly allowed: boolean; readonly why: string } {
  const row = auditIndexes(audit, earlier).find(({ object, kind }) => object === name && droppable.includes(kind));
  if (row !== undefined) return { allowed: row.ddl !== undefined, why: `${row.use?.verdict ?? row.kind}: ${row.why}` };
  const index = audit.indexes.find((one) => one.name === name);
  if (index === undefined || index.building) return { allowed: false, why: 'it is gone or being built' };
  if (audit.foreignKeys.some((key) => supports(index, key))) return { allowed: false, why: 'a foreign key needs it' };
  return { allowed: false, why: index.serves === null ? 'it is used' : `it serves as ${index.serves}` };
}
