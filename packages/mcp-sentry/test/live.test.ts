import { errorOf, openConnected, textOf } from '@cinecom/mcp-core/testing';
import { startSentry } from '@cinecom/testbed';
import { expect, it, onTestFinished } from 'vitest';
import { server } from '../src/server.ts';
import { fillCinema } from './support/cinema.ts';

/** Tools that read and need no issue, release or trace to begin with. */
const reads = [
  'sentry_projects',
  'sentry_overview',
  'sentry_search_issues',
  'sentry_performance',
  'sentry_monitors',
  'sentry_alert_rules',
  'sentry_unacknowledged',
  'sentry_usage',
  'sentry_report',
] as const;

/** A Sentry of one's own, by SENTRY_TEST_URL and SENTRY_TEST_TOKEN: it is only read. Without them the double stands in. */
async function place(): Promise<Readonly<Record<string, string>>> {
  const { SENTRY_TEST_URL: url, SENTRY_TEST_TOKEN: token, SENTRY_TEST_ORG: organization } = process.env;
  if (url !== undefined && token !== undefined) {
    const own = organization === undefined ? {} : { SENTRY_ORG: organization };
    return { SENTRY_URL: url, SENTRY_AUTH_TOKEN: token, ...own };
  }
  const sentry = await startSentry();
  onTestFinished(() => sentry.stop());
  fillCinema(sentry);
  return { SENTRY_URL: sentry.url, SENTRY_AUTH_TOKEN: sentry.token };
}

it('answers by every tool that only reads, and goes where the answers lead', async () => {
  await using client = await openConnected(server, { env: await place() });
  for (const tool of reads) {
    const answer = await client.call(tool);
    expect(errorOf(answer)?.code, `${tool}: ${textOf(answer)}`).toBeUndefined();
    const [, next, args] = /^Next: (sentry_(?!check_|apply_|start_)\w+) (\{.*\})$/m.exec(textOf(answer)) ?? [];
    if (next === undefined || args === undefined) continue;
    const led = await client.call(next, JSON.parse(args) as Record<string, unknown>);
    expect(errorOf(led)?.code, `${tool} led to ${next} ${args}: ${textOf(led)}`).toBeUndefined();
  }
});
