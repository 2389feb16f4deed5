import { projectOf, type ProjectReference } from './accounts.ts';
import { addEvents } from './events.ts';
import { noteRelease } from './implicit-release.ts';
import type { Issue } from './model.ts';
import { type Column, placeTimes, type Run, type Value } from './rows.ts';
import type { State } from './state.ts';

export interface SpanRun extends Run {
  readonly isTransaction: boolean;
  /** 16 hex digits */
  spanIdOf(index: number): string;
  readonly parentSpanId: string | undefined;
  durationOf(index: number): number;
}

export interface SpanOptions {
  readonly transaction?: string;
  readonly op?: string;
  readonly description?: string;
  readonly count?: number;
  readonly from?: number;
  readonly to?: number;
  readonly at?: readonly number[];
  readonly durationMs: number | ((index: number) => number);
  /** 0–1, spread evenly */
  readonly failureRatio?: number;
  /** status of failed spans */
  readonly failure?: string;
  /** of all of them; by default each is a trace of its own */
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly release?: string;
  readonly environment?: string;
  readonly users?: number;
  /** whether they are segments; true by default without parent */
  readonly isTransaction?: boolean;
  readonly tags?: Readonly<Record<string, string | number>>;
}

export interface TraceNode {
  readonly project: ProjectReference;
  readonly op?: string;
  readonly description?: string;
  readonly transaction?: string;
  /** after the start of the trace, ms; that of the parent by default */
  readonly offsetMs?: number;
  readonly durationMs: number;
  readonly status?: string;
  readonly isTransaction?: boolean;
  /** issues of which one event happened in this span */
  readonly errors?: readonly Issue[];
  readonly children?: readonly TraceNode[];
  /** pretends that the parent was never received */
  readonly orphan?: boolean;
}

export interface TraceOptions extends TraceNode {
  readonly traceId?: string;
  /** UTC ms */
  readonly start?: number;
  readonly environment?: string;
  readonly release?: string;
}

function hex(number: number, length: number, lead: string): string {
  return `${lead}${number.toString(16).padStart(length - 1, '0')}`;
}

function isFailed(index: number, ratio: number): boolean {
  return Math.floor((index + 1) * ratio + 1e-9) > Math.floor(index * ratio + 1e-9);
}

function spanConstants(run: { readonly project: Run['project'] }, options: SpanOptions, isTransaction: boolean) {
  const { project } = run;
  const transaction = options.transaction ?? 'GET /';
  return new Map<string, Value>([
    ...Object.entries(options.tags ?? {}),
    ['project', project.slug],
    ['project.name', project.slug],
    ['project.id', Number(project.id)],
    ['transaction', transaction],
    ['span.op', options.op ?? 'http.server'],
    ['transaction.op', options.op ?? 'http.server'],
    ['span.description', options.description ?? transaction],
    ['span.category', (options.op ?? 'http.server').split('.')[0] ?? null],
    ['title', transaction],
    ['event.type', 'transaction'],
    ['release', options.release ?? null],
    ['environment', options.environment ?? null],
    ['is_transaction', isTransaction],
    ['parent_span', options.parentSpanId ?? null],
    ['platform', project.platform],
  ]);
}

export function addSpans(state: State, reference: ProjectReference, options: SpanOptions): SpanRun {
  const project = projectOf(state, reference);
  const at = placeTimes(options.at ? { at: options.at } : options, state.clock.now());
  const first = state.nextEventIds(at.length);
  const isTransaction = options.isTransaction ?? options.parentSpanId === undefined;
  const { durationMs, failureRatio = 0, failure = 'internal_error', users = 0 } = options;
  const durationOf = (index: number): number =>
    typeof durationMs === 'number' ? durationMs : Math.max(0, durationMs(index));
  const spanIdOf = (index: number): string => options.spanId ?? hex(first + index, 16, 'b');
  const statusOf = (index: number): string => (isFailed(index, failureRatio) ? failure : 'ok');
  const columns: [string, Column][] = [
    ['span.duration', { value: durationOf }],
    ['span.self_time', { value: durationOf }],
    ['transaction.duration', { value: durationOf }],
    ['span.status', { value: statusOf }],
    ['trace.status', { value: statusOf }],
    ['transaction.status', { value: statusOf }],
    ['span_id', { value: spanIdOf }],
    ['trace', { value: (index) => options.traceId ?? hex(first + index, 32, 'c') }],
  ];
  if (users > 0) columns.push(['user', { value: (index) => `id:user-${index % users}`, period: users }]);
  const run: SpanRun = {
    project,
    at,
    isTransaction,
    spanIdOf,
    durationOf,
    parentSpanId: options.parentSpanId,
    constants: spanConstants({ project }, options, isTransaction),
    columns: new Map(columns),
    idOf: spanIdOf,
    isVisible: () => true,
  };
  if (options.environment !== undefined) project.environments.add(options.environment);
  noteRelease(state, project, options.release, at[0]);
  if (at.length > 0) state.spans.push(run);
  return run;
}

/** One whole trace; returns its id. */
export function addTrace(state: State, options: TraceOptions): string {
  const start = options.start ?? state.clock.now() - 60_000;
  const traceId = options.traceId ?? hex(state.nextEventIds(1), 32, 'd');
  const shared = {
    traceId,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.release === undefined ? {} : { release: options.release }),
  };
  const place = (node: TraceNode, parent: { id: string; offset: number; transaction: string } | undefined): void => {
    const id = hex(state.nextEventIds(1), 16, 'a');
    const offset = node.offsetMs ?? parent?.offset ?? 0;
    const transaction = node.transaction ?? parent?.transaction ?? 'GET /';
    const parentSpanId = node.orphan ? 'ffffffffffffffff' : parent?.id;
    addSpans(state, node.project, {
      ...shared,
      at: [start + offset],
      durationMs: node.durationMs,
      spanId: id,
      transaction,
      failureRatio: node.status === undefined || node.status === 'ok' ? 0 : 1,
      ...(node.op === undefined ? {} : { op: node.op }),
      ...(node.description === undefined ? {} : { description: node.description }),
      ...(node.status === undefined ? {} : { failure: node.status }),
      ...(node.isTransaction === undefined ? {} : { isTransaction: node.isTransaction }),
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
    });
    for (const issue of node.errors ?? [])
      addEvents(state, issue, { ...shared, at: [start + offset + node.durationMs], spanId: id, transaction });
    for (const child of node.children ?? []) place(child, { id, offset, transaction });
  };
  place(options, undefined);
  return traceId;
}
