import { attempt, type NotExamined } from '@cinecom/mcp-core';
import {
  checkQuery,
  formatDuration,
  type LintFacts,
  metricOf,
  type Presence,
  printSelector,
  type SelectorFact,
  selectorKey,
  type SelectorNode,
  selectorsOf,
  withoutTime,
  type WrittenRuleFile,
} from '@cinecom/promql';
import type { RuleGroup } from '../model/rule.ts';
import type { Asking } from './asking.ts';
import { findCulprits } from './why-selector.ts';

const week = 7 * 86_400_000;
const day = 86_400_000;
const namesAtOnce = 100;
const mostSelectors = 40;

/** What the server knows about the rules of a file: each part fails alone, and is then not examined. */
export async function readLintFacts(
  file: WrittenRuleFile,
  asking: Asking,
): Promise<{ readonly facts: LintFacts; readonly missing: readonly NotExamined[] }> {
  const { backend, signal } = asking;
  const selectors = selectorsIn(file);
  const [configuration, runtime, metrics, groups] = await Promise.all([
    attempt('scrape interval and external labels', backend.configuration(signal)),
    attempt('retention', backend.runtimeInfo(signal)),
    attempt('metrics', readMetrics(selectors, asking)),
    attempt('running rules', backend.rules(signal)),
  ]);
  const present = metrics.value?.metrics;
  const parts = await attempt(
    'labels and values',
    present === undefined ? Promise.resolve(undefined) : readSelectors(selectors, present, asking),
  );
  const { retentionMs } = runtime.value ?? {};
  return {
    facts: {
      ...(configuration.value === undefined
        ? {}
        : {
            scrapeIntervalMs: configuration.value.scrapeIntervalMs,
            externalLabels: configuration.value.externalLabels,
          }),
      ...(retentionMs === undefined ? {} : { retentionMs }),
      ...metrics.value,
      ...(parts.value === undefined ? {} : { selectors: parts.value }),
      ...(groups.value === undefined ? {} : factsOfRunning(groups.value, asking.now)),
    },
    missing: [
      ...[configuration, runtime, metrics, groups, parts].flatMap(({ missing }) => missing),
      ...(asking.isUsedUp() || selectors.length > mostSelectors
        ? [{ what: 'labels and values of further selectors', why: 'enough questions were asked' }]
        : []),
    ],
  };
}

function selectorsIn(file: WrittenRuleFile): readonly SelectorNode[] {
  const found = new Map<string, SelectorNode>();
  const recorded = new Set(
    file.groups.flatMap(({ rules }) => rules.flatMap(({ kind, name }) => (kind === 'record' ? name : []))),
  );
  for (const { expr } of file.groups.flatMap(({ rules }) => rules)) {
    const read = checkQuery(expr);
    for (const { selector, underAbsent } of read.expr === undefined ? [] : selectorsOf(read.expr)) {
      // what the file itself records comes with it
      if (!underAbsent && !recorded.has(metricOf(selector) ?? '')) found.set(selectorKey(selector), selector);
    }
  }
  return [...found.values()];
}

async function readMetrics(
  selectors: readonly SelectorNode[],
  asking: Asking,
): Promise<Required<Pick<LintFacts, 'metrics' | 'knownMetrics'>>> {
  const { backend, signal } = asking;
  const names = [...new Set(selectors.flatMap((selector) => metricOf(selector) ?? []))].filter((name) =>
    /^[A-Za-z_:][\w:]*$/.test(name),
  );
  const metadata = await backend.metadata(signal);
  const now = await namesWith(names, (matcher) => matcher, asking);
  const missing = names.filter((name) => !now.has(name));
  const lately = await namesWith(missing, (matcher) => `last_over_time(${matcher}[7d])`, asking);
  const presenceOf = (name: string): Presence => (now.has(name) ? 'now' : lately.has(name) ? 'week' : 'never');
  const isLost = missing.some((name) => !lately.has(name));
  const span = { start: asking.at - week, end: asking.at };
  return {
    metrics: new Map(
      names.map((name) => [name, { presence: presenceOf(name), type: metadata.get(name)?.type ?? 'unknown' }]),
    ),
    knownMetrics: isLost ? await backend.labelValues('__name__', [], { ...span, limit: 50_000 }, signal) : [],
  };
}

async function namesWith(
  names: readonly string[],
  around: (matcher: string) => string,
  asking: Asking,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < names.length; from += namesAtOnce) {
    const matcher = `{__name__=~"${names.slice(from, from + namesAtOnce).join('|')}"}`;
    const answer = await asking.instant(`count by (__name__) (${around(matcher)})`);
    for (const { labels } of answer?.series ?? []) found.add(labels.__name__ ?? '');
  }
  return found;
}

/** Which selectors are empty although their metric is there, and which matcher makes them so. */
async function readSelectors(
  selectors: readonly SelectorNode[],
  metrics: NonNullable<LintFacts['metrics']>,
  asking: Asking,
): Promise<ReadonlyMap<string, SelectorFact>> {
  const facts = new Map<string, SelectorFact>();
  const asked = selectors
    .filter((selector) => selector.matchers.length > 0 && metrics.get(metricOf(selector) ?? '')?.presence === 'now')
    .slice(0, mostSelectors);
  for (const selector of asked) {
    const plain = withoutTime(selector);
    const fact = await factOf(plain, asking);
    if (fact !== undefined) facts.set(selectorKey(selector), fact);
  }
  return facts;
}

async function factOf(plain: SelectorNode, asking: Asking): Promise<SelectorFact | undefined> {
  const text = printSelector(plain);
  const now = await asking.count(text);
  if (now !== 0) return now === undefined ? undefined : { presence: 'now' };
  const lately = await asking.count(`last_over_time(${text}[7d])`);
  if (lately === undefined || lately > 0) return lately === undefined ? undefined : { presence: 'week' };
  const [culprit] = await findCulprits(plain, asking.at, formatDuration(week), asking);
  if (culprit === undefined) return { presence: 'never' };
  const kind = culprit.values.length === 0 ? ('label' as const) : ('value' as const);
  return {
    presence: 'never',
    culprit: { label: culprit.matcher.label, kind, instead: kind === 'label' ? culprit.labels : culprit.values },
  };
}

function factsOfRunning(groups: readonly RuleGroup[], now: number): Pick<LintFacts, 'alwaysFiring' | 'failingRecords'> {
  const rules = groups.flatMap((group) => group.rules);
  const alwaysFiring = new Set<string>();
  const failingRecords = new Set<string>();
  for (const rule of rules) {
    if (rule.kind === 'recording') {
      if (rule.health === 'err') failingRecords.add(rule.name);
    } else if (rule.alerts.some(({ state, activeAt }) => state === 'firing' && now - activeAt > day))
      alwaysFiring.add(rule.name);
  }
  return { alwaysFiring, failingRecords };
}
