import { attempt, type Call, type NotExamined, ToolError } from '@cinecom/mcp-core';
import { chooseStep, formatDuration } from '@cinecom/promql';
import type { KpiReading } from '../analysis/kpis/judge-kpis.ts';
import { daysBefore } from '../analysis/figures/shift.ts';
import { type KpiPlan, planKpi } from '../analysis/kpis/kpi-plan.ts';
import type { PrometheusBackend } from '../backend/port.ts';
import type { PrometheusSettings } from '../settings.ts';
import { timeContext } from './times.ts';

type KpiCall = Call<PrometheusBackend, PrometheusSettings>;
type Kpi = PrometheusSettings['kpis'][number];

const dayMs = 86_400_000;
const pointsOfMean = 60;
/** A period counts as covered when its data begin within this share of it. */
const mayLack = 0.1;

/** KPIs of the settings by name, all where none is named. @throws ToolError `invalid_input` naming those there are */
export function kpisOf(names: readonly string[] | undefined, { settings }: Pick<KpiCall, 'settings'>): readonly Kpi[] {
  const unknown = names?.find((wanted) => !settings.kpis.some(({ name }) => name === wanted));
  if (unknown === undefined || settings.kpis.length === 0)
    return settings.kpis.filter(({ name }) => names?.includes(name) ?? true);
  throw new ToolError('invalid_input', 'no KPI has one of these names', {
    hint: `There are: ${settings.kpis.map(({ name }) => name).join(', ')}.`,
  });
}

/** One KPI over the period that ends now, the one before, and the same time a week ago. */
export async function readKpi(
  kpi: Kpi,
  periodMs: number,
  call: KpiCall,
): Promise<{ readonly reading: KpiReading; readonly missing: readonly NotExamined[] }> {
  const { now, zone } = timeContext(call);
  const plan = planKpi(kpi.query, periodMs);
  const what = (part: string): string => `${kpi.name}${part}`;
  const { query: _query, ...known } = kpi;
  if (plan === undefined) {
    const why = 'its query cannot be read; prom_explain_query says where';
    return {
      reading: { ...known, basis: '', value: undefined, previous: undefined, lastWeek: undefined },
      missing: [{ what: what(''), why, required: true }],
    };
  }
  const days = periodMs / dayMs;
  const before = Number.isInteger(days) ? daysBefore(now, days, zone) : now - periodMs;
  const figure = (end: number) => figureAt(plan, end, periodMs, call);
  const [value, previous, lastWeek] = await Promise.all([
    attempt(what(''), figure(now), { required: true }),
    attempt(what(' in the period before'), figure(before)),
    periodMs < 7 * dayMs
      ? attempt(what(' a week ago'), figure(daysBefore(now, 7, zone)))
      : { value: undefined, missing: [] },
  ]);
  const figures = [value, previous, lastWeek].map((part) => part.value);
  return {
    reading: {
      ...known,
      basis: plan.basis,
      value: figures[0]?.value,
      previous: figures[1]?.isCovered === true ? figures[1].value : undefined,
      lastWeek: figures[2]?.isCovered === true ? figures[2].value : undefined,
    },
    missing: [...value.missing, ...previous.missing, ...lastWeek.missing, ...gapsOf(kpi.name, figures, periodMs)],
  };
}

interface Figure {
  readonly value: number | undefined;
  readonly isCovered: boolean;
}

function gapsOf(
  name: string,
  [value, previous, lastWeek]: readonly (Figure | undefined)[],
  periodMs: number,
): readonly NotExamined[] {
  const lacks = 'no data since its beginning, so a comparison would mislead';
  return [
    ...(value !== undefined && value.value === undefined
      ? [{ what: name, why: `no value in ${formatDuration(periodMs)}: unknown, not 0`, required: true }]
      : []),
    ...(value?.value !== undefined && !value.isCovered
      ? [{ what: `${name}, whole period`, why: 'its data begin within the period, or it is written for no window' }]
      : []),
    ...(previous?.isCovered === false ? [{ what: `${name} in the period before`, why: lacks }] : []),
    ...(lastWeek?.isCovered === false ? [{ what: `${name} a week ago`, why: lacks }] : []),
  ];
}

async function figureAt(plan: KpiPlan, end: number, periodMs: number, call: KpiCall): Promise<Figure> {
  const { backend, signal } = call;
  const [value, isCovered] = await Promise.all([
    plan.kind === 'end' ? valueAt(plan.query, end, call) : meanOver(plan.query, end, periodMs, call),
    coversBeginning(plan.sources, end - periodMs, periodMs, { backend, signal }),
  ]);
  return { value, isCovered };
}

async function valueAt(query: string, at: number, { backend, signal }: KpiCall): Promise<number | undefined> {
  const { series } = await backend.instant(query, { at }, signal);
  refuseMany(series.length);
  return finite(series[0]?.points.at(-1)?.[1]);
}

async function meanOver(
  query: string,
  end: number,
  periodMs: number,
  { backend, signal }: KpiCall,
): Promise<number | undefined> {
  const stepMs = chooseStep(periodMs, pointsOfMean, 0);
  const { series } = await backend.range(query, { start: end - periodMs + stepMs, end, stepMs }, signal);
  refuseMany(series.length);
  const values = (series[0]?.points ?? []).flatMap(([, value]) => finite(value) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function refuseMany(count: number): void {
  if (count <= 1) return;
  throw new ToolError('invalid_input', `its query gives ${count} series, and a KPI is one figure`, {
    hint: 'Write sum(…), avg(…) or a ratio of sums in the settings.',
  });
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Without data at its beginning a total is too small, and a mean is one of another time of day. */
async function coversBeginning(
  sources: readonly string[],
  start: number,
  periodMs: number,
  { backend, signal }: Pick<KpiCall, 'backend' | 'signal'>,
): Promise<boolean> {
  if (sources.length === 0) return true;
  const reach = Math.max(60_000, Math.round(periodMs * mayLack));
  const query = sources.map((one) => `group(last_over_time(${one}[${formatDuration(reach)}]))`).join(' or ');
  return (await backend.instant(query, { at: start + reach }, signal)).series.length > 0;
}
