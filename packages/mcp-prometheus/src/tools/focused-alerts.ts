import { type Labels, labelKey } from '@cinecom/promql';
import type { PrometheusBackend } from '../backend/port.ts';

/**
 * Those of the alerts that match a selector, as Prometheus itself decides it.
 * @param focus matchers without braces; empty for all
 */
export async function focusedAlerts<Alert extends { readonly labels: Labels }>(
  alerts: readonly Alert[],
  focus: string,
  backend: PrometheusBackend,
  signal: AbortSignal,
): Promise<readonly Alert[]> {
  if (focus === '' || alerts.length === 0) return alerts;
  const { series } = await backend.instant(`ALERTS{${focus}}`, {}, signal);
  const wanted = new Set(series.map(({ labels }) => keyOf(labels)));
  return alerts.filter(({ labels }) => wanted.has(keyOf(labels)));
}

/** Without what `ALERTS` adds. */
function keyOf(labels: Labels): string {
  return labelKey(
    Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__' && name !== 'alertstate')),
  );
}
