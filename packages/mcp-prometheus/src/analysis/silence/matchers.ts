import { parseQuery, quoteLabelValue } from '@cinecom/promql';
import type { Matcher, Silence } from '../../model/alertmanager.ts';

/** Matchers as `{alertname="Down", job=~"web.*"}`; undefined where the text is something else. */
export function parseMatchers(text: string): readonly Matcher[] | undefined {
  const inner = text.trim().replace(/^\{/, '').replace(/\}$/, '');
  const { expr } = parseQuery(`{${inner}}`);
  if (expr?.kind !== 'selector' || expr.range !== undefined || expr.name !== undefined) return undefined;
  return expr.matchers.map(({ label, operator, value }) => ({
    name: label,
    value,
    isRegex: operator === '=~' || operator === '!~',
    isEqual: operator === '=' || operator === '=~',
  }));
}

/** `alertname="Down"`, as Alertmanager takes filters. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : quoteLabelValue(name);
  return `${key}${operator}${quoteLabelValue(value)}`;
}

export function matchersText({ matchers }: Pick<Silence, 'matchers'>): string {
  return `{${matchers.map(matcherText).join(', ')}}`;
}

/**
 * Whether a matcher narrows nothing, so that a silence of such matchers alone would mute everything, or only what lacks
 * the label. Every negative one but `!=""` is also true of a label that is not there; an expression without any literal
 * character (`.+`, `(.*|.?)`) is true of every value. Shapes like `x|.+` are left to the list of alerts in the plan.
 */
export function excludesNothing({ value, isRegex, isEqual }: Matcher): boolean {
  return !isEqual || value === '' || (isRegex && /^[.*+?()|^$]*$/.test(value));
}
