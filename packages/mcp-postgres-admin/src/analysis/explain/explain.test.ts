import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFlags } from './plan-flags.ts';
import { nodesOf, type RawPlanNode, readPlan } from './plan-node.ts';
import { planTree } from './plan-tree.ts';

/** Of the documented EXPLAIN ANALYZE example, with a filter that keeps little. */
const scan: RawPlanNode = {
  'Node Type': 'Seq Scan',
  'Relation Name': 'bookings',
  Schema: 'public',
  'Total Cost': 4000,
  'Plan Rows': 200,
  'Actual Rows': 42,
  'Actual Loops': 1,
  'Actual Total Time': 20,
  'Rows Removed by Filter': 199_958,
  Filter: '(screening_id = 42)',
};
const sort: RawPlanNode = {
  'Node Type': 'Sort',
  'Total Cost': 4100,
  'Plan Rows': 200,
  'Actual Rows': 42,
  'Actual Loops': 1,
  'Actual Total Time': 21.5,
  'Sort Space Type': 'Disk',
  'Sort Space Used': 1024,
  'Sort Key': ['booked_at'],
  Plans: [scan],
};

const flagIds = (raw: RawPlanNode): readonly string[] => planFlags(readPlan(raw)).map((flag) => flag.id);

describe('reading a plan', () => {
  it('gives each node its own time and cost', () => {
    const root = readPlan(sort);
    expect([root.exclusiveMs, root.exclusiveCost]).toEqual([1.5, 100]);
    expect([root.children[0]?.exclusiveMs, root.children[0]?.exclusiveCost]).toEqual([20, 4000]);
  });

  it('multiplies the averages of a loop', () => {
    expect(readPlan({ ...scan, 'Actual Loops': 10 }).inclusiveMs).toBe(200);
  });

  it('shares loops below a Gather among its processes', () => {
    const gather = {
      'Node Type': 'Gather',
      'Workers Launched': 2,
      'Actual Total Time': 25,
      'Actual Loops': 1,
      Plans: [{ ...scan, 'Actual Loops': 3 }],
    };
    expect(readPlan(gather).exclusiveMs).toBe(5);
  });

  it("takes a CTE's time from the scan that reads it, not from its parent", () => {
    const cte = { ...scan, 'Parent Relationship': 'InitPlan', 'Subplan Name': 'CTE 売上' };
    const reader = { 'Node Type': 'CTE Scan', 'CTE Name': '売上', 'Actual Total Time': 22, 'Actual Loops': 1 };
    const root = readPlan({
      'Node Type': 'Aggregate',
      'Actual Total Time': 23,
      'Actual Loops': 1,
      Plans: [cte, reader],
    });
    expect(root.exclusiveMs).toBe(1);
    expect(root.children[1]?.exclusiveMs).toBe(2);
  });

  it('adds up to the whole, for any serial plan', () => {
    fc.assert(
      fc.property(serialPlan, (raw) => {
        const root = readPlan(raw);
        const total = nodesOf(root).reduce((sum, node) => sum + (node.exclusiveMs ?? 0), 0);
        expect(total).toBeCloseTo(root.inclusiveMs ?? 0, 6);
      }),
    );
  });
});

describe('flags', () => {
  it('names a wide scan and a spill, and the figures', () => {
    const flags = planFlags(readPlan(sort));
    expect(flags.map((flag) => [flag.id, flag.evidence])).toEqual([
      ['spill', '1.05 MB written to temporary files'],
      ['wide_scan', '200,000 rows read, 0.021 % kept by (screening_id = 42)'],
    ]);
  });

  it('leaves a scan alone that keeps what it reads, or reads little', () => {
    expect(flagIds({ ...scan, 'Actual Rows': 199_000, 'Plan Rows': 199_000, 'Rows Removed by Filter': 1000 })).toEqual(
      [],
    );
    expect(flagIds({ ...scan, 'Rows Removed by Filter': 900 })).toEqual([]);
  });

  it('judges a scan without ANALYZE by the size of the table', () => {
    const { 'Actual Rows': _rows, 'Actual Loops': _loops, 'Actual Total Time': _time, ...estimated } = scan;
    expect(planFlags(readPlan(estimated), new Map([['public.bookings', 200_000]])).map((flag) => flag.id)).toEqual([
      'wide_scan',
    ]);
    expect(planFlags(readPlan(estimated)).map((flag) => flag.id)).toEqual([]);
  });

  it('names misestimates from ten times on, not on a handful of rows', () => {
    expect(flagIds({ 'Node Type': 'Index Scan', 'Plan Rows': 10, 'Actual Rows': 5000, 'Actual Loops': 1 })).toEqual([
      'misestimate',
    ]);
    expect(flagIds({ 'Node Type': 'Index Scan', 'Plan Rows': 600, 'Actual Rows': 5000, 'Actual Loops': 1 })).toEqual(
      [],
    );
    expect(flagIds({ 'Node Type': 'Index Scan', 'Plan Rows': 1, 'Actual Rows': 20, 'Actual Loops': 1 })).toEqual([]);
  });

  it('names the inner side of a nested loop that runs ten thousand times', () => {
    const inner = {
      'Node Type': 'Index Scan',
      'Index Name': 'seats_pkey',
      'Plan Rows': 1,
      'Actual Rows': 1,
      'Actual Loops': 12_000,
      'Actual Total Time': 0.01,
    };
    const loop = {
      'Node Type': 'Nested Loop',
      'Plan Rows': 12_000,
      'Actual Rows': 12_000,
      'Actual Loops': 1,
      Plans: [{ ...inner, 'Actual Loops': 1 }, inner],
    };
    expect(planFlags(readPlan(loop))[0]).toMatchObject({
      id: 'many_loops',
      object: 'Index Scan on seats_pkey',
      evidence: 'run 12,000 times, 120 ms in all',
    });
  });
});

describe('the tree', () => {
  it('shows every node of a small plan', () => {
    expect(planTree(readPlan(sort))).toMatchInlineSnapshot(`
      {
        "lines": [
          {
            "condition": "booked_at",
            "depth": 0,
            "figures": "42 rows (200 expected), own time 1.5 ms",
            "label": "Sort",
          },
          {
            "condition": "(screening_id = 42)",
            "depth": 1,
            "figures": "42 rows (200 expected), own time 20 ms",
            "label": "Seq Scan on bookings",
          },
        ],
        "omitted": 0,
      }
    `);
  });

  it('never exceeds its lines, and no line loses its parent', () => {
    fc.assert(
      fc.property(serialPlan, fc.integer({ min: 1, max: 12 }), (raw, limit) => {
        const root = readPlan(raw);
        const { lines, omitted } = planTree(root, limit);
        expect(lines.length + omitted).toBe(nodesOf(root).length);
        expect(lines.length).toBeLessThanOrEqual(limit);
        expect(lines[0]?.depth).toBe(0);
        for (const [index, line] of lines.entries()) {
          expect(line.depth).toBeLessThanOrEqual((lines[index - 1]?.depth ?? -1) + 1);
        }
      }),
    );
  });
});

/** Plans whose parents take at least as long as their children together. */
const serialPlan: fc.Arbitrary<RawPlanNode> = fc.letrec<{ node: RawPlanNode }>((tie) => ({
  node: fc
    .record({
      own: fc.integer({ min: 0, max: 1000 }),
      children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
    })
    .map(({ own, children }: { own: number; children: readonly RawPlanNode[] }) => {
      const total = own + children.reduce((sum, child) => sum + (child['Actual Total Time'] ?? 0), 0);
      return {
        'Node Type': 'Append',
        'Actual Total Time': total,
        'Actual Loops': 1,
        'Total Cost': total,
        'Plan Rows': 1,
        'Actual Rows': 1,
        Plans: children,
      };
    }),
})).node;
