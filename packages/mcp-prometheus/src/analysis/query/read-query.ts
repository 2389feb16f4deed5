import {
  bare,
  type Expr,
  formatDuration,
  isAdditive,
  metricOf,
  parseQuery,
  printSelector,
  type SelectorNode,
  selectorsOf,
  walk,
  withoutTime,
} from '@cinecom/promql';

const longestGuardMs = 3_600_000;
const lookbackMs = 300_000;
const rates: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'idelta', 'delta', 'deriv']);

/** A selector whose series all come out of the query, and how to count them. */
export interface Guard {
  readonly selector: string;
  readonly countQuery: string;
}

/** What can be told of a query before it is run. */
export interface QueryFacts {
  readonly guards: readonly Guard[];
  /** Queries that count the series of every selector, aggregated or not. */
  readonly allCounts: readonly string[];
  /** Whether the sum of its series means something. */
  readonly additive: boolean;
  /** The selector, where the query is one and nothing more. */
  readonly bareSelector: { readonly text: string; readonly metric: string | undefined } | undefined;
  /** Windows of rates, ms. */
  readonly rateWindows: readonly number[];
}

const unknown: QueryFacts = { guards: [], allCounts: [], additive: false, bareSelector: undefined, rateWindows: [] };

/** Facts by parsing alone. What is not understood here has none: the server is the authority on it. */
export function readQuery(text: string): QueryFacts {
  const { expr } = parseQuery(text);
  if (expr === undefined) return unknown;
  const root = bare(expr);
  const isBare = root.kind === 'selector' && root.range === undefined && Object.keys(root.modifiers).length === 0;
  return {
    guards: selectorsOf(expr)
      .filter(({ aggregated }) => !aggregated)
      .map(({ selector }) => guardOf(selector)),
    allCounts: selectorsOf(expr).map(({ selector }) => guardOf(selector).countQuery),
    additive: isAdditive(expr),
    bareSelector: isBare ? { text: printSelector(root), metric: metricOf(root) } : undefined,
    rateWindows: rateWindows(expr),
  };
}

/** Selectors with a longer range are counted over their last hour: enough to tell thousands from dozens. */
function guardOf(selector: SelectorNode): Guard {
  const shown = printSelector(withoutTime(selector));
  const rangeMs = Math.min(Math.max(selector.range?.ms ?? lookbackMs, 1000), longestGuardMs);
  return { selector: shown, countQuery: `count(last_over_time(${shown}[${formatDuration(rangeMs)}]))` };
}

function rateWindows(expr: Expr): readonly number[] {
  return [...walk(expr)].flatMap(({ expr: node }) => {
    if (node.kind !== 'call' || !rates.has(node.name)) return [];
    const [argument] = node.args;
    const ms = argument?.kind === 'selector' ? argument.range?.ms : undefined;
    return ms === undefined ? [] : [ms];
  });
}

/** What is to be known about a range query with this step. */
export function stepNotes({ rateWindows: windows }: QueryFacts, stepMs: number): readonly string[] {
  const shortest = windows.length === 0 ? Infinity : Math.min(...windows);
  if (shortest >= stepMs) return [];
  return [
    `The window of ${formatDuration(shortest)} is shorter than the step of ${formatDuration(stepMs)}: what happened between is not seen; ask for a shorter span or a longer window.`,
  ];
}
