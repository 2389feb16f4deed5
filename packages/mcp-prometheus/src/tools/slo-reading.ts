import { attempt, type Call, type NotExamined, ToolError } from '@cinecom/mcp-core';
import { burnWindows, errorRatioOver, formatDuration, parseDuration, type SloSource } from '@cinecom/promql';
import type { SloReading } from '../analysis/slo/judge-slo.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { PrometheusSettings } from '../settings.ts';

type SloCall = Call<PrometheusBackend, PrometheusSettings>;

/** One objective, from the input or from the settings. */
export interface Objective {
  readonly name: string;
  readonly source: SloSource;
  readonly objective: number;
  readonly windowMs: number;
}

interface SloInput {
  readonly name?: string | undefined;
  readonly good?: string | undefined;
  readonly total?: string | undefined;
  readonly errorRatio?: string | undefined;
  readonly objective: number;
  readonly window: string;
}

/**
 * The objectives that are meant: by queries, by name, or all of the settings.
 * @throws ToolError `invalid_input` naming what is missing and the names there are
 */
export function objectivesOf(input: SloInput, { settings }: SloCall): readonly Objective[] {
  const source = sourceOf(input);
  if (source !== undefined)
    return [{ name: input.name ?? 'given', source, objective: input.objective, windowMs: windowOf(input.window) }];
  const known = settings.slos.filter(({ name }) => input.name === undefined || name === input.name);
  if (known.length > 0)
    return known.slice(0, 10).flatMap((one) => {
      const from = sourceOf(one);
      return from === undefined
        ? []
        : [{ name: one.name, source: from, objective: one.objective, windowMs: windowOf(one.window) }];
    });
  const names = settings.slos.map(({ name }) => name);
  throw new ToolError(
    'invalid_input',
    names.length === 0 ? 'no objective is set, and none is given' : 'no objective has that name',
    {
      hint:
        names.length === 0
          ? 'Give good and total (counters such as http_requests_total{status!~"5.."}) or errorRatio, or list them under slos in the settings file.'
          : `There are: ${names.join(', ')}.`,
    },
  );
}

function sourceOf({ good, total, errorRatio }: Pick<SloInput, 'good' | 'total' | 'errorRatio'>): SloSource | undefined {
  if (good === undefined && total === undefined) return errorRatio === undefined ? undefined : { errorRatio };
  if (good !== undefined && total !== undefined && errorRatio === undefined) return { good, total };
  throw new ToolError('invalid_input', 'good and total go together, and errorRatio stands alone', {
    hint: 'Give good and total, or errorRatio.',
  });
}

function windowOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 86_400_000 && ms <= 90 * 86_400_000) return ms;
  throw new ToolError('invalid_input', 'window must be a duration from 1d to 90d', {
    hint: 'Usual are 7d, 28d and 30d.',
  });
}

/** Error ratios of one objective over all windows; each window fails alone. */
export async function readSlo(
  { name, source, objective, windowMs }: Objective,
  { backend, signal, clock }: Pick<SloCall, 'backend' | 'signal' | 'clock'>,
): Promise<{ readonly reading: SloReading; readonly missing: readonly NotExamined[] }> {
  const window = formatDuration(windowMs);
  const ask = async (over: string) => {
    const query = errorRatioOver(source, over);
    if (query === undefined)
      throw new ToolError('invalid_input', 'a query of the objective is no counter, no rate, or cannot be read', {
        hint: 'Write a counter, sum(rate(counter[5m])) whose window is replaced, or use $window; prom_explain_query checks it.',
      });
    return (await backend.instant(query, {}, signal)).series;
  };
  const overall = await ask(window);
  const parts = await Promise.all(
    burnWindows.map(async (over) => [over, await attempt(`burn over ${over}`, ask(over))] as const),
  );
  const uncovered = await uncoveredWindows(source, [...burnWindows, window], { backend, signal, now: clock.now() });
  return {
    reading: {
      name,
      objective,
      windowMs,
      overall,
      ratios: new Map(parts.flatMap(([over, { value }]) => (value === undefined ? [] : [[over, value]]))),
    },
    missing: [
      ...parts.flatMap(([, { missing }]) => missing),
      ...(uncovered.length === 0
        ? []
        : [
            {
              what: `all of ${uncovered.join(', ')}`,
              why: 'nothing was told at their beginning: what there is counts',
            },
          ]),
      ...(overall.length === 0
        ? [{ what: 'the budget', why: `no traffic in ${window}: that is unknown, not 100 %`, required: true }]
        : []),
    ],
  };
}

const edgeMs = 300_000;

/**
 * The windows at whose beginning there was nothing yet, by asking for five minutes there, the longest first: where one is
 * covered, all shorter ones are.
 */
async function uncoveredWindows(
  source: SloSource,
  windows: readonly string[],
  { backend, signal, now }: Pick<SloCall, 'backend' | 'signal'> & { readonly now: number },
): Promise<readonly string[]> {
  const query = errorRatioOver(source, '5m');
  const byLength = windows.toSorted((a, b) => (parseDuration(b) ?? 0) - (parseDuration(a) ?? 0));
  const found: string[] = [];
  for (const window of query === undefined ? [] : byLength) {
    const at = now - (parseDuration(window) ?? 0) + edgeMs;
    const { series } = await backend.instant(query ?? '', { at }, signal);
    if (series.length > 0) break;
    found.unshift(window);
  }
  return found;
}
