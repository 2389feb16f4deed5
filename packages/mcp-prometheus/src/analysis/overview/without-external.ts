import type { Labels } from '@cinecom/promql';

/** Labels of an alert as Prometheus itself knows it: external labels are put on when it is sent. */
export function withoutExternal(labels: Labels, external: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => external[name] !== value));
}
