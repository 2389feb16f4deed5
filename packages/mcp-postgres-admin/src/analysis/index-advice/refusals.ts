import { count, counted } from '@cinecom/mcp-core';
import type { AdviceTable } from '../../model/index-advice.ts';
import type { TableTraffic } from './read-workload.ts';

/** What is not advised, and why. */
export interface Refusal {
  readonly table: string;
  /** The index as CREATE INDEX would have it, or what was asked for. */
  readonly index: string | undefined;
  readonly why: string;
}

const fewestRows = 10_000;
const fewestPages = 100;

/** Why no index at all is advised on a table; undefined where one may be. */
export function refuseTable(table: AdviceTable, traffic: TableTraffic | undefined): string | undefined {
  if (table.kind === 'p')
    return 'partitioned: indexes on it cannot be imagined or built concurrently; ask about a partition';
  if ((traffic?.readCalls ?? 0) === 0 && (traffic?.writeCalls ?? 0) > 0) return 'only written, never searched';
  if (!table.analysed) return 'never analysed, so plans are guesses: ANALYZE it first (autovacuum counts)';
  if (table.rows < fewestRows || table.pages < fewestPages) {
    const size = `${counted(Math.round(table.rows), 'row')} in ${counted(table.pages, 'page')}`;
    return `${size}: small, a scan is cheap (up to ${count(fewestRows)} rows or ${fewestPages} pages)`;
  }
  return undefined;
}
