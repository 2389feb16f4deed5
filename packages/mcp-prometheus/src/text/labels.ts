import { type Labels, quoteLabelValue } from '@cinecom/promql';

/** A label set as PromQL writes it, its metric name in front: `up{job="api"}`; `{}` for none. */
export function shownLabels({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${quoteLabelValue(value)}`);
  if (pairs.length === 0) return name || '{}';
  return `${name}{${pairs.join(', ')}}`;
}
