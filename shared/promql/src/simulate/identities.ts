import type { Labels, Series } from '../series.ts';
import { labelKey } from '../shape/summarise.ts';
import { type LabelTemplate, readLabelTemplate } from './expand-label.ts';

/** One alert of a rule: its labels, and the evaluations at which the expression held. */
export interface AlertIdentity {
  readonly labels: Labels;
  /** Indexes of evaluations, rising. */
  readonly present: readonly number[];
  /** Values at these. */
  readonly values: readonly number[];
}

export interface Identities {
  readonly alerts: readonly AlertIdentity[];
  /** Evaluations that fail as a whole: two results had the same labels. Prometheus leaves all states as they were. */
  readonly failing: ReadonlySet<number>;
  /** Templates that only the server can expand; their label is then taken as it is written. */
  readonly unsupported: readonly string[];
}

interface Collected {
  readonly labels: Labels;
  readonly present: number[];
  readonly values: number[];
}

/**
 * The alerts that results of an expression make: labels without the name, with the rule's own labels over them.
 *
 * @param series of a range query with the group's interval as step
 * @param steps times of all evaluations; points between them are left out
 * @param ruleLabels may hold templates
 */
export function alertIdentities(
  series: readonly Series[],
  steps: readonly number[],
  rule: { readonly name: string; readonly labels: Labels; readonly externalLabels?: Labels },
): Identities {
  const indexOf = new Map(steps.map((at, index) => [at, index]));
  const templates = Object.entries(rule.labels).map(([name, text]) => ({
    name,
    text,
    template: readLabelTemplate(text),
  }));
  const unsupported = templates.flatMap(({ template }) => ('unsupported' in template ? [template.unsupported] : []));
  const byValue = templates.some(({ template }) => 'expand' in template && template.usesValue);
  const found = new Map<string, Collected>();
  for (const one of series) {
    const { __name__: _name, ...labels } = one.labels;
    const identify = (value: number): { readonly key: string; readonly labels: Labels } => {
      const data = { labels: one.labels, value, externalLabels: rule.externalLabels ?? {} };
      const own = templates.map(({ name, text, template }) => [name, expanded(template, text, data)] as const);
      // an empty label is no label
      const merged = Object.entries({ ...labels, ...Object.fromEntries(own), alertname: rule.name }).filter(
        ([, text]) => text !== '',
      );
      const all = Object.fromEntries(merged);
      return { key: labelKey(all), labels: all };
    };
    const fixed = byValue ? undefined : identify(0);
    for (const [at, value] of one.points) {
      const index = indexOf.get(at);
      if (index === undefined) continue;
      const { key, labels: all } = fixed ?? identify(value);
      let alert = found.get(key);
      if (alert === undefined) found.set(key, (alert = { labels: all, present: [], values: [] }));
      alert.present.push(index);
      alert.values.push(value);
    }
  }
  const failing = new Set<number>();
  return { alerts: [...found.values()].map((alert) => settled(alert, failing)), failing, unsupported };
}

function expanded(
  template: LabelTemplate | { readonly unsupported: string },
  text: string,
  data: Parameters<LabelTemplate['expand']>[0],
): string {
  return 'expand' in template ? template.expand(data) : text;
}

/** In rising order, as one series brings them; only where several make one alert is there anything to sort, or a clash. */
function settled(alert: Collected, failing: Set<number>): AlertIdentity {
  const { labels, present, values } = alert;
  if (present.every((index, place) => place === 0 || index > present[place - 1]!)) return alert;
  const places = present.map((_, place) => place).toSorted((a, b) => present[a]! - present[b]!);
  const kept = places.filter((place, order) => {
    const isFirst = order === 0 || present[place] !== present[places[order - 1]!];
    if (!isFirst) failing.add(present[place]!);
    return isFirst;
  });
  return { labels, present: kept.map((place) => present[place]!), values: kept.map((place) => values[place]!) };
}
