import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { seededRandom } from '@cinecom/mcp-core/stats';
import { describe, expect, it } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { damaged } from './support/damaged.ts';
import { hour, minute } from './support/frozen.ts';
import { openBed } from './support/open.ts';

const inputs = {
  sentry_issue_events: { issue: 'MOVIE-SERVICE-1' },
  sentry_performance: {},
  sentry_release: {},
  sentry_monitors: { state: 'all' },
  sentry_unacknowledged: {},
  sentry_usage: {},
  sentry_root_cause: { issue: 'MOVIE-SERVICE-1' },
  sentry_trace: { trace: 'd'.repeat(32) },
  sentry_seer_state: { issue: 'MOVIE-SERVICE-1' },
  sentry_start_seer: { issue: 'MOVIE-SERVICE-1' },
  sentry_alert_rules: {},
  sentry_apply_alert_policy: {
    policy: 'version: 1\nprefix: ops\nlevels: { L1: { when: {}, frequency: 60, notify: [{ email: issue_owners }] } }',
  },
};

describe.each(Object.entries(inputs))('%s', (tool, args) => {
  it.each([3, 8, 30])('answers or refuses, and never fails, with one field in %i damaged', async (every) => {
    const { client, sentry } = await openBed({
      argv: ['--allow', 'write'],
      fill: (double) => {
        fillCinema(double);
        const now = double.clock.now();
        double.world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
        double.world.addUptimeDetector('movie-service', {});
        double.world.addUptimeChecks('movie-service', { count: 20 });
        double.world.addRelease('movie@2.0.0', {
          deploys: [{ at: now - 40 * minute }],
          commits: [{ message: 'Drop the check', files: ['src/handler.ts'] }],
        });
        const [seats] = double.world.state.issues;
        double.world.addTrace({
          project: 'movie-service',
          traceId: 'd'.repeat(32),
          durationMs: 900,
          errors: [seats!],
          children: [{ project: 'ticket-service', durationMs: 500 }],
        });
        double.world.setSeer(seats!, {
          status: 'COMPLETED',
          steps: [{ key: 'solution', title: 'Solution', status: 'COMPLETED', description: 'Check it' }],
        });
        double.world.addWorkflow({ name: 'ops L1', triggers: ['first_seen_event'] });
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
