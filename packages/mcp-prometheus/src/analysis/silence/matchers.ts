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
 * Whether a matcher excludes nothing: it is also true of a label that is not there. A silence of such matchers alone would
 * mute everything. Alertmanager anchors its expressions, so what may be empty can be told from the outside only for the
 * plain shapes; all others are left to Alertmanager, which refuses silences that match the empty string only.
 */
export function excludesNothing({ value, isRegex, isEqual }: Matcher): boolean {
  if (!isRegex) return isEqual ? value === '' : value !== '';
  return isEqual ? value === '' || /^\(?\.\*\)?\$?$/.test(value) : value !== '' && !/^\(?\.[*+]\)?$/.test(value);
}
