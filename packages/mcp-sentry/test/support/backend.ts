import { systemClock } from '@cinecom/mcp-core';
import type { Clock } from '@cinecom/mcp-core';
import { connect } from '../../src/backend/connect.ts';
import type { Wait } from '../../src/backend/http/retry.ts';
import type { SentryBackend } from '../../src/backend/port.ts';
import { type SentrySettings, sentrySettings } from '../../src/settings.ts';

/** Settings as a server has them that was told only these. */
export function settingsWith(given: Partial<SentrySettings>): SentrySettings {
  const defaults = Object.entries(sentrySettings).map(([name, { schema }]) => [name, schema.safeParse(undefined).data]);
  return { ...Object.fromEntries(defaults), token: 'a-token', ...given } as SentrySettings;
}

export async function openBackend(
  given: Partial<SentrySettings>,
  { wait, clock = systemClock }: { readonly wait?: Wait; readonly clock?: Clock } = {},
): Promise<SentryBackend> {
  const signal = AbortSignal.timeout(10_000);
  return connect({ settings: settingsWith(given), signal, clock, log: () => undefined }, wait);
}
