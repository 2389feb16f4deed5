import { bytes, percent } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { estimateTableBloat } from '../bloat/table-estimate.ts';
import { bloat as limits } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

const shownTables = 5;

export const bloat: Check = {
  name: 'bloat',
  weight: 0.5,
  cheap: true,
  run({ layouts }) {
    if (layouts === undefined) return nothing;
    if (!isRead(layouts)) return notRead('table bloat', layouts.missing);
    const estimates = layouts.value.map((layout) => ({ layout, ratio: estimateTableBloat(layout) }));
    const unknown = estimates.filter(({ ratio }) => ratio === undefined);
    const bloated = estimates.flatMap(({ layout, ratio }) => {
      const wasted = (ratio ?? 0) * layout.pages * layout.blockBytes;
      return ratio !== undefined && ratio > limits.ratio && wasted > limits.bytes ? [{ layout, ratio, wasted }] : [];
    });
    return {
      findings: bloated
        .toSorted((a, b) => b.wasted - a.wasted)
        .slice(0, shownTables)
        .map(({ layout, ratio, wasted }) => ({
          id: 'table_bloat',
          severity: 'warning' as const,
          object: layout.table,
          evidence: `about ${percent(ratio)} of ${bytes(layout.pages * layout.blockBytes)} is empty, ${bytes(wasted)} (estimate)`,
          threshold: `${percent(limits.ratio)} and ${bytes(limits.bytes)}`,
          fix: 'Confirm with pg_bloat; then pg_repack, or nothing if the table fills again',
          next: { tool: 'pg_bloat', args: { kind: 'table' } },
        })),
      notExamined:
        unknown.length === 0
          ? []
          : [
              {
                what: `bloat of ${unknown.length} tables`,
                why: 'no statistics yet: ANALYZE them, or their column types allow no estimate',
              },
            ],
    };
  },
};
