import type { Trace, TraceSpan } from '../../model/trace.ts';
import { criticalPath } from './critical-path.ts';
import { gapsOf, gapThreshold, type ProjectTime, selfTime, selfTimeByProject } from './self-time.ts';
import { errorsInOrder, type Flat, flatten, lengthOf, mainRoot, type PlacedError } from './walk.ts';

export interface TraceOptions {
  /** Of projects that may be shown; undefined: all. */
  readonly allowed: ReadonlySet<string> | undefined;
  /** Most rows of the tree. */
  readonly mostRows: number;
  readonly mostErrors: number;
  readonly mostGaps: number;
}

/** A span as a row; of a project outside the scope it tells times only. */
export interface SpanRow {
  readonly depth: number;
  readonly project: string;
  readonly what: string;
  /** After the beginning of the trace, ms; undefined where the server told no times. */
  readonly startMs: number | undefined;
  readonly lengthMs: number | undefined;
  readonly selfMs: number | undefined;
  /** Of the critical path. */
  readonly pathMs: number | undefined;
  readonly errors: number;
}

export interface ErrorRow {
  readonly afterMs: number | undefined;
  readonly project: string;
  readonly shortId: string | undefined;
  readonly title: string;
}

export interface GapRow {
  readonly project: string;
  /** The span in which nothing else is known to run. */
  readonly what: string;
  readonly startMs: number;
  readonly lengthMs: number;
}

export interface TraceReading {
  readonly spans: number;
  readonly isCut: boolean;
  readonly lengthMs: number | undefined;
  readonly startedAt: number | undefined;
  readonly rows: readonly SpanRow[];
  readonly projects: readonly (Omit<ProjectTime, 'projectId' | 'project'> & { readonly project: string })[];
  readonly gaps: readonly GapRow[];
  readonly gapTotal: number;
  readonly gapThresholdMs: number;
  readonly errors: readonly ErrorRow[];
  readonly errorTotal: number;
  /** Trees beside the main one, and those of them whose parent is not in the answer. */
  readonly otherRoots: number;
  readonly orphans: number;
  readonly untimed: number;
  readonly outsideScope: number;
}

export const outsideScope = 'outside scope';

/** A trace cut to its critical path and its errors, with what each project took of it. */
export function readTrace(trace: Trace, options: TraceOptions): TraceReading {
  const flat = flatten(trace);
  const main = mainRoot(flat);
  const path = main === undefined ? new Map<number, number>() : criticalPath(main, flat);
  const errors = errorsInOrder(trace, flat);
  const origin = main === undefined ? undefined : flat.nodes[main]!;
  const thresholdMs = origin === undefined ? 100 : gapThreshold(origin);
  const gaps = gapsOf(flat, thresholdMs);
  const show = createShow(options.allowed);
  const zero = origin?.start ?? 0;
  return {
    spans: flat.nodes.length,
    isCut: flat.isCut,
    lengthMs: origin?.isTimed ? lengthOf(origin) : undefined,
    startedAt: origin?.isTimed ? origin.start : undefined,
    rows: chosen(flat, path, errors, options.mostRows).map((index) => rowOf(index, { flat, path, zero, show })),
    projects: projectsOf(flat, show),
    gaps: gaps.slice(0, options.mostGaps).map(({ node, from, to }) => ({
      ...show(flat.nodes[node]!.span),
      startMs: from - zero,
      lengthMs: to - from,
    })),
    gapTotal: gaps.length,
    gapThresholdMs: thresholdMs,
    errors: errors.slice(0, options.mostErrors).map((placed) => errorRow(placed, zero, options.allowed)),
    errorTotal: errors.length,
    otherRoots: Math.max(0, flat.roots.length - 1),
    orphans: flat.roots.filter((index) => index !== main && flat.nodes[index]!.span.parentId !== undefined).length,
    untimed: flat.nodes.filter(({ isTimed }) => !isTimed).length,
    outsideScope: flat.nodes.filter(({ span }) => !isAllowed(span.projectId, options.allowed)).length,
  };
}

type Show = (span: Pick<TraceSpan, 'projectId' | 'project' | 'op' | 'description' | 'transaction'>) => Shown;
interface Shown {
  readonly project: string;
  readonly what: string;
}

function createShow(allowed: ReadonlySet<string> | undefined): Show {
  return ({ projectId, project, op, description, transaction }) => {
    if (!isAllowed(projectId, allowed)) return { project: outsideScope, what: outsideScope };
    const what = [op, description ?? transaction].filter((part) => part !== undefined && part !== '');
    return { project: project ?? 'unknown', what: what.join(' ') };
  };
}

/** A span whose project nobody told is shown only where all projects are. */
export function isAllowed(projectId: string | undefined, allowed: ReadonlySet<string> | undefined): boolean {
  return allowed === undefined || (projectId !== undefined && allowed.has(projectId));
}

/** Spans with errors first, then those of the path by their time, then the roots; in the order of the tree. */
function chosen(
  flat: Flat,
  path: ReadonlyMap<number, number>,
  errors: readonly PlacedError[],
  most: number,
): readonly number[] {
  const failing = errors.flatMap(({ node }) => (node === undefined ? [] : [node]));
  const onPath = [...path].toSorted((left, right) => right[1] - left[1]).map(([index]) => index);
  const all = new Set([...flat.roots.slice(0, 1), ...failing, ...onPath, ...flat.roots]);
  return [...all].slice(0, most).toSorted((left, right) => left - right);
}

function rowOf(
  index: number,
  {
    flat,
    path,
    zero,
    show,
  }: {
    readonly flat: Flat;
    readonly path: ReadonlyMap<number, number>;
    readonly zero: number;
    readonly show: Show;
  },
): SpanRow {
  const node = flat.nodes[index]!;
  return {
    depth: node.depth,
    ...show(node.span),
    startMs: node.isTimed ? node.start - zero : undefined,
    lengthMs: node.isTimed ? lengthOf(node) : undefined,
    selfMs: node.isTimed ? selfTime(index, flat) : undefined,
    pathMs: path.get(index),
    errors: node.span.errors.length,
  };
}

function errorRow({ error }: PlacedError, zero: number, allowed: ReadonlySet<string> | undefined): ErrorRow {
  const isShown = isAllowed(error.projectId, allowed);
  return {
    afterMs: error.at === undefined || zero === 0 ? undefined : error.at - zero,
    project: isShown ? (error.project ?? 'unknown') : outsideScope,
    shortId: isShown ? error.shortId : undefined,
    title: isShown ? (error.title ?? 'no title') : outsideScope,
  };
}

/** All projects outside the scope are one row. */
function projectsOf(flat: Flat, show: Show): TraceReading['projects'] {
  const rows = new Map<string, { project: string; selfMs: number; spans: number }>();
  for (const { projectId, project, selfMs, spans } of selfTimeByProject(flat)) {
    const name = show({ projectId, project, op: undefined, description: undefined, transaction: undefined }).project;
    const before = rows.get(name) ?? { project: name, selfMs: 0, spans: 0 };
    rows.set(name, { project: name, selfMs: before.selfMs + selfMs, spans: before.spans + spans });
  }
  return [...rows.values()].toSorted((left, right) => right.selfMs - left.selfMs);
}
