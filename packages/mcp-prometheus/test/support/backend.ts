import { systemClock } from '@cinecom/mcp-core';
import { connect } from '../../src/backend/connect.ts';
import type { PrometheusBackend } from '../../src/backend/port.ts';
import { type PrometheusSettings, prometheusSettings } from '../../src/settings.ts';

/** Settings as a server has them that was told only these. */
export function settingsWith(given: Partial<PrometheusSettings>): PrometheusSettings {
  const defaults = Object.entries(prometheusSettings).map(([name, { schema }]) => [
    name,
    schema.safeParse(undefined).data,
  ]);
  return { ...Object.fromEntries(defaults), ...given } as PrometheusSettings;
}

export async function openBackend(given: Partial<PrometheusSettings>): Promise<PrometheusBackend> {
  const signal = AbortSignal.timeout(10_000);
  return connect({ settings: settingsWith(given), signal, clock: systemClock, log: () => undefined });
}
