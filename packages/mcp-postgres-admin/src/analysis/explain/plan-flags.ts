import { bytes, count, duration, type Finding, percent } from '@cinecom/mcp-core';
import { nodesOf, type PlanNode } from './plan-node.ts';

const misestimate = { factor: 10, rows: 100 };
const wideScan = { rows: 10_000, keptRatio: 0.05 };
const manyLoops = 10_000;

/** What is suspicious about a plan, each with the figure it was measured against. Size decides the order. */
export function planFlags(root: PlanNode, tableRows: ReadonlyMap<string, number> = new Map()): readonly Finding[] {
  return nodesOf(root).flatMap((node) => [
    ...misestimated(node),
    ...spilled(node),
    ...scannedWidely(node, tableRows),
    ...looped(node),
  ]);
}

function misestimated(node: PlanNode): readonly Finding[] {
  const { actualRows: actual, estimatedRows: estimated, loops } = node;
  if (actual === undefined) return [];
  const factor = Math.max(actual, estimated, 1) / Math.max(1, Math.min(actual, estimated));
  if (factor < misestimate.factor || Math.max(actual, estimated) * (loops ?? 1) < misestimate.rows) return [];
  return [
    {
      id: 'misestimate',
      severity: 'warning',
      object: labelOf(node),
      evidence: `${count(estimated)} rows expected, ${count(actual)} came, ×${Math.round(factor)}`,
      threshold: `×${misestimate.factor}, from ${misestimate.rows} rows`,
      fix: 'ANALYZE the table; for columns that depend on each other CREATE STATISTICS',
    },
  ];
}

function spilled(node: PlanNode): readonly Finding[] {
  if (node.spillBytes === 0) return [];
  return [
    {
      id: 'spill',
      severity: 'warning',
      object: labelOf(node),
      evidence: `${bytes(node.spillBytes)} written to temporary files`,
      threshold: 'none',
      fix: 'raise work_mem for this statement, or let it sort or hash fewer rows',
    },
  ];
}

function scannedWidely(node: PlanNode, tableRows: ReadonlyMap<string, number>): readonly Finding[] {
  if (!node.type.includes('Seq Scan') || node.condition === undefined) return [];
  const read = rowsRead(node, tableRows);
  if (read === undefined) return [];
  const kept = (node.actualRows ?? node.estimatedRows) * (node.loops ?? 1);
  if (read < wideScan.rows || kept / read >= wideScan.keptRatio) return [];
  return [
    {
      id: 'wide_scan',
      severity: 'warning',
      object: labelOf(node),
      evidence: `${count(read)} rows read, ${percent(kept / read)} kept by ${node.condition}`,
      threshold: `${count(wideScan.rows)} rows, ${percent(wideScan.keptRatio)}`,
      fix: 'an index that serves the condition; hypotheticalIndexes shows whether it would be used',
    },
  ];
}

/** Measured with ANALYZE; else the table's own row estimate. */
function rowsRead(node: PlanNode, tableRows: ReadonlyMap<string, number>): number | undefined {
  if (node.actualRows !== undefined) return (node.actualRows + node.removedRows) * (node.loops ?? 1);
  return node.loops === 0 || node.table === undefined ? undefined : tableRows.get(`${node.schema}.${node.table}`);
}

function looped(node: PlanNode): readonly Finding[] {
  if (!node.type.startsWith('Nested Loop')) return [];
  const inner = node.children[1];
  const loops = inner?.loops ?? (inner === undefined ? undefined : node.children[0]?.estimatedRows);
  if (inner === undefined || loops === undefined || loops < manyLoops) return [];
  const time = inner.inclusiveMs === undefined ? '' : `, ${duration(inner.inclusiveMs)} in all`;
  return [
    {
      id: 'many_loops',
      severity: 'warning',
      object: labelOf(inner),
      evidence: `run ${count(loops)} times${time}`,
      threshold: `${count(manyLoops)} loops`,
      fix: 'see whether the outer side was underestimated; a hash join reads the inner side once',
    },
  ];
}

/** `Seq Scan on bookings`. */
export function labelOf(node: PlanNode): string {
  return node.object === undefined ? node.type : `${node.type} on ${node.object}`;
}
