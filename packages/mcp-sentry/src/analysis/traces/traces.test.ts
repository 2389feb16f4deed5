import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trace, TraceError, TraceSpan } from '../../model/trace.ts';
import { criticalPath } from './critical-path.ts';
import { readTrace } from './read-trace.ts';
import { gapsOf, selfTime, selfTimeByProject } from './self-time.ts';
import { errorsInOrder, flatten, mainRoot, mostSpans } from './walk.ts';

const span = (
  id: string,
  start: number | undefined,
  end: number | undefined,
  rest: Partial<TraceSpan> = {},
): TraceSpan => ({
  id,
  parentId: undefined,
  projectId: '1',
  project: 'web',
  op: 'http.server',
  description: id,
  transaction: undefined,
  start,
  end,
  errors: [],
  children: [],
  ...rest,
});
const error = (title: string, at: number | undefined, rest: Partial<TraceError> = {}): TraceError => ({
  project: 'web',
  projectId: '1',
  issueId: '7',
  shortId: 'WEB-1',
  title,
  level: 'error',
  at,
  ...rest,
});
const trace = (roots: readonly TraceSpan[], looseErrors: readonly TraceError[] = []): Trace => ({
  roots,
  looseErrors,
  spanCount: undefined,
  errorCount: undefined,
  logCount: undefined,
});
const all = { allowed: undefined, mostRows: 20, mostErrors: 20, mostGaps: 5 };

/** Trees of whole milliseconds; children run one after another within their parent. */
const sequential = (start: number, end: number, depth: number): fc.Arbitrary<TraceSpan> =>
  fc
    .tuple(
      fc.constantFrom('1', '2', '3'),
      fc.uniqueArray(fc.integer({ min: start, max: end }), { maxLength: depth > 0 ? 6 : 0 }),
    )
    .chain(([projectId, cuts]) => {
      const edges = cuts.toSorted((left, right) => left - right);
      const pairs = edges.flatMap((from, index) =>
        index % 2 === 0 && index + 1 < edges.length ? [[from, edges[index + 1]!] as const] : [],
      );
      return fc
        .tuple(...pairs.map(([from, to]) => sequential(from, to, depth - 1)))
        .map((children) => span(`${start}-${end}`, start, end, { projectId, project: `p${projectId}`, children }));
    });

/** Any trees: children side by side, outside their parents, without times. */
const anySpan: fc.Arbitrary<TraceSpan> = fc.letrec<{ readonly span: TraceSpan }>((tie) => ({
  span: fc
    .record({
      start: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 9 }),
      length: fc.option(fc.integer({ min: -5, max: 40 }), { nil: undefined, freq: 9 }),
      children: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('span'), { maxLength: 4 })),
    })
    .map(({ start, length, children }) =>
      span('x', start, start === undefined || length === undefined ? undefined : start + length, { children }),
    ),
})).span;

describe('self time', () => {
  it('sums to the length of the root where spans run one after another', () => {
    fc.assert(
      fc.property(sequential(1000, 1400, 3), (root) => {
        const times = selfTimeByProject(flatten(trace([root])));
        expect(times.reduce((sum, { selfMs }) => sum + selfMs, 0)).toBe(400);
      }),
    );
  });

  it('is the number of milliseconds in which no child runs, counted one by one', () => {
    fc.assert(
      fc.property(anySpan, (root) => {
        const flat = flatten(trace([root]));
        for (const [index, node] of flat.nodes.entries()) {
          let counted = 0;
          for (let at = node.start; at < node.end; at += 1) {
            const isCovered = node.children.some(
              (child) => flat.nodes[child]!.isTimed && flat.nodes[child]!.start <= at && at < flat.nodes[child]!.end,
            );
            if (!isCovered) counted += 1;
          }
          expect(selfTime(index, flat)).toBe(counted);
        }
      }),
    );
  });
});

describe('the critical path', () => {
  it('sums to the length of the root, whatever overlaps', () => {
    fc.assert(
      fc.property(anySpan, (root) => {
        const flat = flatten(trace([root]));
        const path = criticalPath(0, flat);
        const sum = [...path.values()].reduce((total, ms) => total + ms, 0);
        expect(sum).toBe(flat.nodes[0]!.end - flat.nodes[0]!.start);
        for (const [index, ms] of path)
          expect(ms).toBeLessThanOrEqual(flat.nodes[index]!.end - flat.nodes[index]!.start);
      }),
    );
  });

  it('takes the slower of two that run side by side, and what ran after both', () => {
    const root = span('root', 0, 100, {
      children: [span('fast', 10, 40), span('slow', 10, 70), span('last', 75, 95)],
    });
    const flat = flatten(trace([root]));
    const named = Object.fromEntries([...criticalPath(0, flat)].map(([index, ms]) => [flat.nodes[index]!.span.id, ms]));
    // by hand: 0–10 root, 10–70 slow, 70–75 root, 75–95 last, 95–100 root
    expect(named).toEqual({ root: 20, slow: 60, last: 20 });
  });
});

describe('a trace', () => {
  it('is read with its gaps, orphans, errors in order and rows of the tree', () => {
    const query = span('SELECT 1', 1100, 1300, {
      op: 'db',
      projectId: '2',
      project: 'movies',
      errors: [error('TimeoutError', 1290, { project: 'movies', projectId: '2', shortId: 'MOVIES-4' })],
    });
    const root = span('GET /', 1000, 2000, {
      children: [query, span('render', 1900, 1990)],
      errors: [error('HTTPError', 1310)],
    });
    const orphan = span('lost', 1500, 1600, { parentId: 'gone' });
    const read = readTrace(trace([orphan, root], [error('NoTime', undefined)]), all);
    expect(read).toMatchObject({
      spans: 4,
      lengthMs: 1000,
      startedAt: 1000,
      otherRoots: 1,
      orphans: 1,
      untimed: 0,
      outsideScope: 0,
    });
    expect(read.gaps).toEqual([
      { project: 'web', what: 'http.server GET /', startMs: 300, lengthMs: 600 },
      { project: 'web', what: 'http.server GET /', startMs: 0, lengthMs: 100 },
    ]);
    expect(read.errors).toEqual([
      { afterMs: 290, project: 'movies', shortId: 'MOVIES-4', title: 'TimeoutError' },
      { afterMs: 310, project: 'web', shortId: 'WEB-1', title: 'HTTPError' },
      { afterMs: undefined, project: 'web', shortId: 'WEB-1', title: 'NoTime' },
    ]);
    expect(read.projects).toEqual([
      { project: 'web', selfMs: 710 + 90 + 100, spans: 3 },
      { project: 'movies', selfMs: 200, spans: 1 },
    ]);
    expect(read.rows.map(({ depth, what, pathMs, errors }) => [depth, what, pathMs, errors])).toEqual([
      [0, 'http.server lost', undefined, 0],
      [0, 'http.server GET /', 710, 1],
      [1, 'db SELECT 1', 200, 1],
      [1, 'http.server render', 90, 0],
    ]);
  });

  it('tells times only of projects outside the scope', () => {
    const root = span('GET /', 1000, 2000, {
      children: [
        span('secret', 1100, 1900, {
          projectId: '9',
          project: 'staff',
          errors: [error('salary', 1200, { project: 'staff', projectId: '9', shortId: 'STAFF-1' })],
        }),
        span('unknown', 1900, 1950, { projectId: undefined, project: 'nobody' }),
      ],
    });
    const read = readTrace(trace([root]), { ...all, allowed: new Set(['1']) });
    expect(JSON.stringify(read)).not.toMatch(/secret|staff|salary|STAFF-1|nobody|unknown/);
    expect(read.outsideScope).toBe(2);
    expect(read.projects).toEqual([
      { project: 'outside scope', selfMs: 850, spans: 2 },
      { project: 'web', selfMs: 150, spans: 1 },
    ]);
  });

  it('shows errors before the path where rows are few, and counts what it cuts', () => {
    const children = Array.from({ length: 50 }, (_, index) =>
      span(`part ${index}`, index * 20, index * 20 + 19, index === 3 ? { errors: [error('bad', 70)] } : {}),
    );
    const read = readTrace(trace([span('root', 0, 1000, { children })]), { ...all, mostRows: 4, mostErrors: 0 });
    expect(read.rows).toHaveLength(4);
    expect(read.rows.map(({ what }) => what).slice(0, 1)).toEqual(['http.server root']);
    expect(read.rows.some(({ what }) => what === 'http.server part 3')).toBe(true);
    expect(read).toMatchObject({ spans: 51, errorTotal: 1, errors: [] });
  });

  it('that is deep, cyclic, empty or broken is read all the same', () => {
    let deep = span('leaf', 0, 1);
    for (let depth = 0; depth < mostSpans + 10; depth += 1) deep = span('deep', 0, 10, { children: [deep] });
    expect(readTrace(trace([deep]), all)).toMatchObject({ spans: mostSpans, isCut: true, lengthMs: 10 });

    const children: TraceSpan[] = [];
    const cyclic = span('cycle', 0, 10, { children });
    children.push(cyclic, span('child', 2, 4, { children: [cyclic] }));
    expect(readTrace(trace([cyclic]), all)).toMatchObject({ spans: 2, isCut: false });

    expect(readTrace(trace([]), all)).toMatchObject({ spans: 0, lengthMs: undefined, rows: [], errors: [] });
    const broken = span('broken', Number.NaN, Infinity, {
      children: [span('in', 5, 9), span('none', undefined, undefined)],
    });
    expect(readTrace(trace([broken]), all)).toMatchObject({ spans: 3, untimed: 2 });
  });

  it('has gaps of at least the threshold only, and errors in the order of time', () => {
    fc.assert(
      fc.property(anySpan, fc.integer({ min: 1, max: 20 }), (root, threshold) => {
        const flat = flatten(trace([root]));
        for (const { from, to } of gapsOf(flat, threshold)) expect(to - from).toBeGreaterThanOrEqual(threshold);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50), { nil: undefined })), (times) => {
        const loose = times.map((at) => error('e', at));
        const order = errorsInOrder(trace([], loose), flatten(trace([]))).map(({ error: one }) => one.at ?? Infinity);
        expect(order).toEqual(order.toSorted((left, right) => (left === right ? 0 : left - right)));
        expect(order).toHaveLength(times.length);
      }),
    );
    expect(mainRoot(flatten(trace([])))).toBeUndefined();
  });
});
