import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { seededRandom } from '@cinecom/mcp-core/stats';
import { describe, expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { hour, minute } from './support/frozen.ts';
import { openBed } from './support/open.ts';

const inputs = {
  sentry_issue_events: { issue: 'MOVIE-SERVICE-1' },
  sentry_performance: {},
  sentry_release: {},
  sentry_monitors: { state: 'all' },
  sentry_unacknowledged: {},
  sentry_usage: {},
};

const strange = [null, '', 0, -1, 1e300, true, [], {}, 'something new', ['x', null], { a: null }] as const;

/** A copy in which about one field of `every` is missing, null, of another type, or beside an unknown one. */
function damaged(value: unknown, random: () => number, every: number): unknown {
  if (Array.isArray(value)) return value.map((item) => damaged(item, random, every));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, held]): [string, unknown][] => {
    if (random() >= 1 / every) return [[name, damaged(held, random, every)]];
    if (random() < 0.4) return [];
    return [[name, strange[Math.floor(random() * strange.length)]]];
  });
  if (random() < 0.1) entries.push(['aFieldOfTomorrow', { deep: [1] }]);
  return Object.fromEntries(entries);
}

describe.each(Object.entries(inputs))('%s', (tool, args) => {
  it.each([3, 8, 30])('answers or refuses, and never fails, with one field in %i damaged', async (every) => {
    const { client, sentry } = await openBed({
      fill: (double) => {
        fillCinema(double);
        const now = double.clock.now();
        double.world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
        double.world.addUptimeDetector('movie-service', {});
        double.world.addUptimeChecks('movie-service', { count: 20 });
        double.world.addRelease('movie@2.0.0', {
          deploys: [{ at: now - 40 * minute }],
          commits: [{ message: 'Drop the check' }],
        });
      },
    });
    const random = seededRandom(every);
    // who and what there is stays whole, so that the tool gets past its first question
    sentry.mutate((body, path) =>
      /organizations\/(acme\/projects\/)?$/.test(path) ? body : damaged(body, random, every),
    );
    const seen = new Set<string>();
    for (let run = 0; run < 25; run += 1) {
      const answer = await client.call(tool, args);
      const code = errorOf(answer)?.code;
      expect(code, textOf(answer)).not.toBe('internal');
      expect(textOf(answer)).not.toMatch(/NaN|undefined|\[object Object\]|Infinity/);
      seen.add(code ?? 'answered');
    }
    if (every === 30) expect(seen).toContain('answered');
  });
});
