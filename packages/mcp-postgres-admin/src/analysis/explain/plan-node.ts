/** A node of `EXPLAIN (FORMAT JSON)` as the server writes it; keys that are not used here are left out. */
export interface RawPlanNode {
  readonly 'Node Type': string;
  readonly 'Parent Relationship'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'CTE Name'?: string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Join Type'?: string;
  readonly Strategy?: string;
  readonly 'Total Cost'?: number;
  readonly 'Plan Rows'?: number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Actual Total Time'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Workers Launched'?: number;
  readonly 'Workers Planned'?: number;
  readonly Filter?: string;
  readonly 'Index Cond'?: string;
  readonly 'Hash Cond'?: string;
  readonly 'Merge Cond'?: string;
  readonly 'Join Filter'?: string;
  readonly 'Sort Key'?: readonly string[];
  readonly 'Sort Space Type'?: string;
  readonly 'Sort Space Used'?: number;
  readonly 'Hash Batches'?: number;
  readonly 'Disk Usage'?: number;
  readonly 'Temp Written Blocks'?: number;
  readonly Plans?: readonly RawPlanNode[];
}

/** A node with what it did itself, children apart. Rows and loops are as measured, or as estimated without ANALYZE. */
export interface PlanNode {
  readonly depth: number;
  readonly type: string;
  /** Table, index or CTE that it works on. */
  readonly object: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  /** Condition or sort key, as the server prints it. */
  readonly condition: string | undefined;
  /** Per loop. */
  readonly estimatedRows: number;
  /** Per loop; undefined without ANALYZE or when never executed. */
  readonly actualRows: number | undefined;
  /** 0 = never executed; undefined without ANALYZE. */
  readonly loops: number | undefined;
  /** Wall time with children, ms; undefined without ANALYZE. */
  readonly inclusiveMs: number | undefined;
  /** Wall time without children, ms. */
  readonly exclusiveMs: number | undefined;
  readonly inclusiveCost: number;
  readonly exclusiveCost: number;
  /** Rows read and thrown away by the filter, per loop. */
  readonly removedRows: number;
  /** Bytes written to temporary files by the node itself. */
  readonly spillBytes: number;
  readonly children: readonly PlanNode[];
}

const blockBytes = 8192;

/**
 * Reads a plan into nodes with exclusive time and cost.
 *
 * The server reports averages per loop: a node's time is average × loops, below a Gather divided by the processes that
 * shared the loops. An InitPlan's time lies in the node that asked for it, so it is not taken from its parent; a CTE's is
 * taken from the first CTE Scan that reads it.
 */
export function readPlan(root: RawPlanNode): PlanNode {
  return readNode(root, { depth: 0, processes: 1, ctes: cteTimes(root) });
}

interface Place {
  readonly depth: number;
  /** Processes that share the loops here. */
  readonly processes: number;
  /** Time of each CTE, until a scan has taken it. */
  readonly ctes: Map<string, number>;
}

function readNode(raw: RawPlanNode, place: Place): PlanNode {
  const below: Place = {
    ...place,
    depth: place.depth + 1,
    processes: isGather(raw) ? (raw['Workers Launched'] ?? raw['Workers Planned'] ?? 0) + 1 : place.processes,
  };
  const inclusiveMs = timeOf(raw, place.processes);
  const ownCte = takeCte(raw, place.ctes);
  const children = (raw.Plans ?? []).map((child) => readNode(child, below));
  const feeding = children.filter((_child, index) => raw.Plans?.[index]?.['Parent Relationship'] !== 'InitPlan');
  const inclusiveCost = raw['Total Cost'] ?? 0;
  return {
    depth: place.depth,
    type: typeOf(raw),
    object: raw['Index Name'] ?? raw['Relation Name'] ?? raw['CTE Name'],
    schema: raw.Schema,
    table: raw['Relation Name'],
    condition: conditionOf(raw),
    estimatedRows: raw['Plan Rows'] ?? 0,
    actualRows: raw['Actual Loops'] === 0 ? undefined : raw['Actual Rows'],
    loops: raw['Actual Loops'],
    inclusiveMs,
    exclusiveMs:
      inclusiveMs === undefined
        ? undefined
        : own(
            inclusiveMs - ownCte,
            feeding.map((child) => child.inclusiveMs ?? 0),
          ),
    inclusiveCost,
    exclusiveCost: own(
      inclusiveCost,
      feeding.map((child) => child.inclusiveCost),
    ),
    removedRows: (raw['Rows Removed by Filter'] ?? 0) + (raw['Rows Removed by Join Filter'] ?? 0),
    spillBytes: spillOf(raw),
    children,
  };
}

/** Rounding in the server's figures can make children dearer than their parent: never below zero. */
function own(inclusive: number, parts: readonly number[]): number {
  return Math.max(0, inclusive - parts.reduce((sum, part) => sum + part, 0));
}

function timeOf(raw: RawPlanNode, processes: number): number | undefined {
  const { 'Actual Total Time': time, 'Actual Loops': loops } = raw;
  return time === undefined || loops === undefined
    ? undefined
    : (time * loops) / Math.min(processes, Math.max(1, loops));
}

function isGather(raw: RawPlanNode): boolean {
  return raw['Node Type'] === 'Gather' || raw['Node Type'] === 'Gather Merge';
}

function cteTimes(root: RawPlanNode): Map<string, number> {
  const times = new Map<string, number>();
  const visit = (raw: RawPlanNode): void => {
    const name = /^CTE (.+)$/s.exec(raw['Subplan Name'] ?? '')?.[1];
    if (name !== undefined) times.set(name, timeOf(raw, 1) ?? 0);
    for (const child of raw.Plans ?? []) visit(child);
  };
  visit(root);
  return times;
}

function takeCte(raw: RawPlanNode, ctes: Map<string, number>): number {
  const name = raw['Node Type'] === 'CTE Scan' ? raw['CTE Name'] : undefined;
  const time = name === undefined ? undefined : ctes.get(name);
  if (name === undefined || time === undefined) return 0;
  ctes.delete(name);
  return time;
}

function typeOf(raw: RawPlanNode): string {
  const { 'Node Type': type, 'Join Type': join, Strategy: strategy } = raw;
  if (join !== undefined && join !== 'Inner') return `${type} ${join}`;
  return strategy === 'Hashed' ? `Hash${type}` : type;
}

function conditionOf(raw: RawPlanNode): string | undefined {
  const parts = [
    raw['Index Cond'],
    raw['Hash Cond'],
    raw['Merge Cond'],
    raw['Join Filter'],
    raw.Filter,
    raw['Sort Key']?.join(', '),
  ];
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.join(' AND ');
}

function spillOf(raw: RawPlanNode): number {
  const sort = raw['Sort Space Type'] === 'Disk' ? (raw['Sort Space Used'] ?? 0) * 1024 : 0;
  const hashed = (raw['Disk Usage'] ?? 0) * 1024;
  const written = raw['Temp Written Blocks'] ?? 0;
  const below = (raw.Plans ?? []).reduce((sum, child) => sum + (child['Temp Written Blocks'] ?? 0), 0);
  return Math.max(sort, hashed, Math.max(0, written - below) * blockBytes);
}

/** All nodes, parents before children, in the order of the plan. */
export function nodesOf(root: PlanNode): readonly PlanNode[] {
  return [root, ...root.children.flatMap(nodesOf)];
}
