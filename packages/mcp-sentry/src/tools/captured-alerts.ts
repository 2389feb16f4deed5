import { ToolError } from '@cinecom/mcp-core';
import type { SentryCall } from './scope.ts';

const quietMs = 60_000;
const storeName = 'captured-alerts';
const mostRemembered = 500;

/** At most one event a minute of one fingerprint, of all processes that share the state folder. @throws ToolError `rate_limited` */
export async function keepQuiet(key: string, { state, clock }: SentryCall): Promise<void> {
  await state.exclusive(storeName, async () => {
    const now = clock.now();
    const kept = await state.store.read(storeName);
    const sent = Object.entries(typeof kept === 'object' && kept !== null ? kept : {}).filter(
      ([, at]) => typeof at === 'number' && now - at < quietMs,
    );
    if (sent.some(([name]) => name === key)) {
      throw new ToolError('rate_limited', 'an event of this fingerprint was sent within the last minute', {
        hint: 'It is in Sentry already; send it again in a minute.',
        applied: 'no',
      });
    }
    await state.store.write(storeName, Object.fromEntries([...sent.slice(-mostRemembered), [key, now]]));
  });
}

/** What did not arrive may be sent again at once. */
export async function forget(key: string, { state }: SentryCall): Promise<void> {
  await state.exclusive(storeName, async () => {
    const kept = await state.store.read(storeName);
    const others = Object.entries(typeof kept === 'object' && kept !== null ? kept : {}).filter(
      ([name]) => name !== key,
    );
    await state.store.write(storeName, Object.fromEntries(others));
  });
}
