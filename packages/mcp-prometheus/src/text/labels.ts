import { type Labels, quoteLabelValue } from '@cinecom/promql';

/**
 * A label set as PromQL writes it, its metric name in front: `up{job="api"}`; `{}` for none. Names beyond the classic ones
 * are quoted inside the braces, as newer servers take them.
 */
export function shownLabels({ __name__: name = '', ...labels }: Labels): string {
  const isPlain = name === '' || /^[A-Za-z_:][\w:]*$/.test(name);
  const pairs = Object.entries(labels).map(([key, value]) => `${quotedName(key)}=${quoteLabelValue(value)}`);
  const inside = isPlain ? pairs : [quoteLabelValue(name), ...pairs];
  const front = isPlain ? name : '';
  return inside.length === 0 && front !== '' ? front : `${front}{${inside.join(', ')}}`;
}

function quotedName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : quoteLabelValue(key);
}
