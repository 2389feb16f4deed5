import { percent } from '@cinecom/mcp-core';
import { type BloatObject, wasted } from '../bloat/objects.ts';
import { remedyOf } from '../bloat/report.ts';
import type { AuditRow } from './audit.ts';

/** Indexes that an estimate calls bloated enough for a rebuild. */
export function bloatedRows(objects: readonly BloatObject[]): readonly AuditRow[] {
  return objects
    .filter((object) => object.kind === 'index' && remedyOf(object).startsWith('REINDEX'))
    .map((object) => ({
      kind: 'bloated',
      object: object.name,
      table: object.table,
      bytes: wasted(object),
      severity: 'info',
      why: `about ${percent(object.ratio ?? 0)} is not needed (estimate, confidence low)`,
      ddl: `REINDEX INDEX CONCURRENTLY ${object.name}`,
      undo: 'none needed: its content stays',
    }));
}
