import {
  dropMatchers,
  formatDuration,
  type Matcher,
  metricOf,
  printSelector,
  quoteLabelValue,
  type SelectorNode,
  withoutTime,
} from '@cinecom/promql';
import { type Diagnosis, excerpt } from '../analysis/explain/diagnosis.ts';
import {
  type Culprit,
  diagnoseSelector,
  type SelectorReading,
  type TargetReading,
} from '../analysis/explain/diagnose-selector.ts';
import type { RangeOptions } from '../model/query.ts';
import type { Asking } from './asking.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const mostValues = 200;

/** Why one selector has nothing at the moment asked for. Empty where the questions were used up. */
export async function whySelector(
  selector: SelectorNode,
  asking: Asking,
  retentionMs: number | undefined,
): Promise<readonly Diagnosis[]> {
  const shift = selector.modifiers.offset?.ms ?? 0;
  const moment = typeof selector.modifiers.at === 'number' ? selector.modifiers.at * 1000 : asking.at;
  const at = moment - shift;
  const part = excerpt(printSelector(selector));
  const age = asking.now - at;
  if (retentionMs !== undefined && age > retentionMs) return [outsideRetention(part, age, retentionMs)];
  const lookedBackMs = Math.min(7 * day, retentionMs ?? 7 * day);
  const plain = withoutTime(selector);
  const lastSeenAt = await lastSeen(printSelector(plain), at, lookedBackMs, asking);
  const metric = metricOf(selector);
  const name = metric === undefined ? undefined : `{__name__=${quoteLabelValue(metric)}}`;
  const window = formatDuration(lookedBackMs);
  const metricSeries =
    lastSeenAt !== undefined || name === undefined
      ? 0
      : ((await asking.count(`last_over_time(${name}[${window}])`, at)) ?? 0);
  const culprits =
    lastSeenAt !== undefined || (metric !== undefined && metricSeries === 0)
      ? []
      : await findCulprits(plain, at, window, asking);
  const reading: SelectorReading = {
    part,
    metric,
    lookedBackMs,
    lastSeenAt,
    at,
    metricSeries,
    knownNames:
      metric !== undefined && lastSeenAt === undefined && metricSeries === 0
        ? await knownNames(at, lookedBackMs, asking)
        : [],
    culprits,
    target: culprits.length > 0 ? undefined : await targetOf(plain, lastSeenAt, asking),
    ruleError: metric === undefined ? undefined : await ruleError(metric, asking),
  };
  return diagnoseSelector(reading);
}

function outsideRetention(part: string, age: number, retentionMs: number): Diagnosis {
  return {
    code: 'outside_retention',
    part,
    evidence: `asks for ${formatDuration(age)} ago, the server keeps ${formatDuration(retentionMs)}`,
    fix: `Ask for a time within the last ${formatDuration(retentionMs)}, or where older data is kept.`,
  };
}

/** One look at an hour, one at all; then one coarse and one fine range query find the moment. */
async function lastSeen(
  selector: string,
  at: number,
  lookedBackMs: number,
  asking: Asking,
): Promise<number | undefined> {
  const nearby = await asking.count(`last_over_time(${selector}[1h])`, at);
  const ever =
    nearby === 0 ? await asking.count(`last_over_time(${selector}[${formatDuration(lookedBackMs)}])`, at) : nearby;
  if (ever === undefined || ever === 0) return undefined;
  const [coarseMs, start] = nearby === 0 ? [hour, at - lookedBackMs] : [5 * minute, at - hour];
  const within = (ms: number): string => `count(last_over_time(${selector}[${formatDuration(ms)}]))`;
  const coarse = await lastPoint(within(coarseMs), { start, end: at, stepMs: coarseMs }, asking);
  if (coarse === undefined) return at;
  const fineMs = Math.max(15_000, Math.round(coarseMs / 240));
  const fine = await lastPoint(within(fineMs), { start: coarse - coarseMs, end: coarse, stepMs: fineMs }, asking);
  return fine ?? coarse;
}

async function lastPoint(query: string, options: RangeOptions, asking: Asking): Promise<number | undefined> {
  if (!asking.take()) return undefined;
  const { series } = await asking.backend.range(query, options, asking.signal);
  return series[0]?.points.at(-1)?.[0];
}

/** Each matcher alone, then each pair: without which is there anything? */
export async function findCulprits(
  selector: SelectorNode,
  at: number,
  window: string,
  asking: Asking,
): Promise<readonly Culprit[]> {
  const matchers = selector.matchers.filter(({ label }) => label !== '__name__').slice(0, 6);
  const found: Culprit[] = [];
  for (const matcher of matchers) {
    const others = printSelector(dropMatchers(selector, [matcher]));
    if (!isAnything(others) && ((await asking.count(`last_over_time(${others}[${window}])`, at)) ?? 0) > 0)
      found.push(await readCulprit(matcher, others, at, window, asking));
  }
  if (found.length > 0) return found.slice(0, 2);
  for (const [index, first] of matchers.entries()) {
    for (const second of matchers.slice(index + 1)) {
      const others = printSelector(dropMatchers(selector, [first, second]));
      if (isAnything(others) || !((await asking.count(`last_over_time(${others}[${window}])`, at)) ?? 0)) continue;
      return [
        await readCulprit(first, others, at, window, asking),
        await readCulprit(second, others, at, window, asking),
      ];
    }
  }
  return [];
}

function isAnything(selector: string): boolean {
  return selector === '{}';
}

async function readCulprit(
  matcher: Matcher,
  others: string,
  at: number,
  window: string,
  asking: Asking,
): Promise<Culprit> {
  const answer = await asking.instant(
    `topk(${mostValues}, count by (${matcher.label}) (last_over_time(${others}[${window}])))`,
    at,
  );
  const values = (answer?.series ?? []).flatMap(({ labels }) => labels[matcher.label] ?? []);
  if (values.length > 0 || !asking.take()) return { matcher, values, labels: [] };
  const span = { start: at - 7 * day, end: at };
  const labels = await asking.backend.labelNames([others], span, asking.signal);
  return { matcher, values, labels: labels.filter((label) => label !== '__name__') };
}

async function knownNames(at: number, lookedBackMs: number, asking: Asking): Promise<readonly string[]> {
  if (!asking.take()) return [];
  return asking.backend.labelValues(
    '__name__',
    [],
    { start: at - lookedBackMs, end: at, limit: 50_000 },
    asking.signal,
  );
}

/** The target that the selector means: by its matchers, or by the labels that it last had. */
async function targetOf(
  selector: SelectorNode,
  lastSeenAt: number | undefined,
  asking: Asking,
): Promise<TargetReading | undefined> {
  const exact = (label: string): string | undefined =>
    selector.matchers.find((matcher) => matcher.label === label && matcher.operator === '=')?.value;
  const last =
    lastSeenAt === undefined
      ? undefined
      : (await asking.instant(`topk(1, ${printSelector(selector)})`, lastSeenAt))?.series[0]?.labels;
  const job = exact('job') ?? last?.job;
  if (job === undefined || !asking.take()) return undefined;
  const instance = exact('instance') ?? last?.instance;
  const all = await asking.backend.targets(asking.signal);
  const mine = all.filter((target) => target.job === job && (instance === undefined || target.instance === instance));
  const down = mine.filter(({ health }) => health === 'down');
  return {
    job,
    instance,
    targets: mine.length,
    down: down.length,
    lastError: down[0]?.lastError ?? '',
    jobs: [...new Set(all.map((target) => target.job))],
  };
}

async function ruleError(metric: string, asking: Asking): Promise<string | undefined> {
  if (!asking.take()) return undefined;
  const groups = await asking.backend.rules(asking.signal);
  const rule = groups
    .flatMap(({ rules }) => rules)
    .find((one) => one.kind === 'recording' && one.name === metric && one.health === 'err');
  return rule?.lastError;
}
