import { startSentry } from '@cinecom/testbed';
import { expect, it, onTestFinished } from 'vitest';
import type { Scope } from '../src/model/scope.ts';
import { mostBucketed, readBuckets } from '../src/tools/bucket-reading.ts';
import type { SentryCall } from '../src/tools/scope.ts';
import { openBackend } from './support/backend.ts';
import { hour, now } from './support/frozen.ts';

const span = { start: now - 4 * hour, end: now };

it.each(['saas', 'self-hosted'] as const)('tells the complete hours of the projects asked for (%s)', async (mode) => {
  const sentry = await startSentry({ now, mode });
  const backend = await openBackend({ url: sentry.url, token: sentry.token });
  onTestFinished(async () => {
    await backend.close();
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);
  for (const name of names) {
    const issue = sentry.world.addIssue(name, {});
    for (const back of [4, 3, 1]) {
      sentry.world.addEvents(issue, { count: back * 10, from: now - back * hour, to: now - (back - 1) * hour });
    }
  }
  sentry.world.addProject('quiet');
  const { signal } = new AbortController();
  const projects = await backend.projects('acme', signal);
  const scope: Scope = { organization: 'acme', projects, isCut: false, environments: [] };
  const call = { backend, signal } as unknown as SentryCall;
  const hours = await readBuckets([...names, 'quiet'], scope, span, hour, call);
  expect([...hours.keys()].toSorted()).toEqual(names.toSorted());
  expect(hours.get('service-11')).toEqual([40, 30, 0, 10]);
  expect(await readBuckets([], scope, span, hour, call)).toEqual(new Map());
  const asked = sentry.requests.filter(({ path }) => /events-(timeseries|stats)\/$/.test(path)).length;
  await readBuckets(
    Array.from({ length: mostBucketed + 5 }, () => 'quiet'),
    scope,
    span,
    hour,
    call,
  );
  const later = sentry.requests.filter(({ path }) => /events-(timeseries|stats)\/$/.test(path)).length;
  expect(later - asked).toBe(3);
});
