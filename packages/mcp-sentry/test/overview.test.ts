import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it, vi } from 'vitest';
import { fillCinema } from './support/cinema.ts';
import { fillFleet, knownFleet } from './support/fleet.ts';
import { askOf, day, freezeTime, hour, type Judged, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';
import { randomCounts } from './support/random-counts.ts';

freezeTime();

interface Overview extends Judged {
  readonly counts: string;
  readonly window: string;
  readonly projects: readonly { readonly project: string; readonly verdict: string; readonly crashFree: string }[];
  readonly findings: readonly (Judged['findings'][number] & {
    readonly next?: { readonly tool: string; readonly args: Readonly<Record<string, unknown>> };
  })[];
}
const tool = 'sentry_overview';

describe('a fleet of a hundred projects', () => {
  it('is told in one small answer, from at most twelve requests', async () => {
    const bed = await openBed({ now, fill: fillFleet });
    const text = await askOf(bed, tool);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
    expect(bed.sentry.requests.length).toBeLessThanOrEqual(12);
    expect(text).toMatchInlineSnapshot(`
      "CRITICAL: 2 critical, 6 warnings, 0 notes; 8 of 100 projects changed for the worse, 55 steady
      100 projects; 0 new issues, 0 regressed, 0 escalating; 0 unacknowledged L3
      Window: 2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z, against the 1 d before

      |project|verdict|events|before|
      |-|-|-|-|
      |\`soaring-0\`|critical|300|50 usual|
      |\`soaring-1\`|critical|300|50 usual|
      |\`silent-6\`|silent|0|20 usual|
      |\`silent-7\`|silent|0|20 usual|
      |\`rising-few-users-2\`|warning|300|50 usual|
      |\`rising-few-users-3\`|warning|300|50 usual|
      |\`rising-4\`|warning|150|50 usual|
      |\`rising-5\`|warning|150|50 usual|
      |\`quiet-12\`|unknown|2|1.0 usual|
      |\`quiet-17\`|unknown|2|1.0 usual|
      90 more projects of 100: name projects.

      Web: \`https://sentry.test/organizations/acme/issues/\`
      API: GET organizations/acme/events/, stats_v2/, issues/, sessions/, monitors/

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |critical|error_rate|\`soaring-0\`|\`300/h after 50/h, ×6 (95 %: 5.3 to 6.8), 300 events, 30 users, q <0.0001 (exact)\` vs below ×5 with 10 users, q ≤0.01|Find the issue that grows, and the release that brought it|
      |critical|error_rate|\`soaring-1\`|\`300/h after 50/h, ×6 (95 %: 5.3 to 6.8), 300 events, 30 users, q <0.0001 (exact)\` vs below ×5 with 10 users, q ≤0.01|Find the issue that grows, and the release that brought it|
      |warning|silent_project|\`silent-6\`|\`0 events after 20/h, q <0.0001 (exact); none were dropped on the way in\` vs some events where there were ≥100 before, p ≤0.001|Prove by sentry_check_ingest that errors still arrive: the service may be down, its key off, or a quota used up|
      |warning|silent_project|\`silent-7\`|\`0 events after 20/h, q <0.0001 (exact); none were dropped on the way in\` vs some events where there were ≥100 before, p ≤0.001|Prove by sentry_check_ingest that errors still arrive: the service may be down, its key off, or a quota used up|
      |warning|error_rate|\`rising-few-users-2\`|\`300/h after 50/h, ×6 (95 %: 5.3 to 6.8), 300 events, 9 users, q <0.0001 (exact)\` vs below ×2 with 10 events, q ≤0.01|Find the issue that grows, and the release that brought it|
      |warning|error_rate|\`rising-few-users-3\`|\`300/h after 50/h, ×6 (95 %: 5.3 to 6.8), 300 events, 9 users, q <0.0001 (exact)\` vs below ×2 with 10 events, q ≤0.01|Find the issue that grows, and the release that brought it|
      |warning|error_rate|\`rising-4\`|\`150/h after 50/h, ×3 (95 %: 2.5 to 3.6), 150 events, 150 users, q <0.0001 (exact)\` vs below ×2 with 10 events, q ≤0.01|Find the issue that grows, and the release that brought it|
      |warning|error_rate|\`rising-5\`|\`150/h after 50/h, ×3 (95 %: 2.5 to 3.6), 150 events, 150 users, q <0.0001 (exact)\` vs below ×2 with 10 events, q ≤0.01|Find the issue that grows, and the release that brought it|

      Not examined: rate of 37 projects (too few errors for a doubling to be seen with 80 %; a longer window decides)

      Next: sentry_search_issues {"projects":["soaring-0"],"sort":"freq","from":"now-60m"}"
    `);
  });

  it('gives each project the verdict that its rates call for', async () => {
    const { client } = await openBed({ now, fill: fillFleet });
    const report = await client.data<Overview>(tool);
    const severity = new Map(report.findings.map((found) => [found.object, found]));
    for (const { slug, kind } of knownFleet()) {
      const found = severity.get(slug);
      const expected = {
        critical: 'critical',
        warning: 'warning',
        silent: 'warning',
        ok: undefined,
        unknown: undefined,
      };
      expect([slug, found?.severity]).toEqual([slug, expected[kind.verdict]]);
      if (kind.verdict === 'silent') expect(found?.id).toBe('silent_project');
    }
    const count = (verdict: string) => knownFleet().filter(({ kind }) => kind.verdict === verdict).length;
    expect(report.verdict).toBe('critical');
    expect(report.summary).toContain(`8 of 100 projects changed for the worse, ${count('ok')} steady`);
    expect(report.notExamined).toMatchObject([{ what: `rate of ${count('unknown')} projects`, required: false }]);
  });

  it('that is a thousand large is read to its end', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => fillFleet(sentry, knownFleet(230)),
    });
    const report = await client.data<Overview>(tool);
    expect(report.summary).toContain('8 of 230 projects');
    expect(report.findings.filter(({ id }) => id === 'error_rate')).toHaveLength(6);
  });
});

/** What there is to find besides rates: one of each. */
function troubles({ world }: SentryDouble): void {
  world.addProject('movie-service', { environments: ['production'] });
  world.addProject('ticket-service');
  world.addProject('silent-service');
  const seats = world.addIssue('movie-service', {
    title: 'TypeError: seats is null 座席',
    isUnhandled: true,
    priority: 'high',
    substatus: 'new',
    firstSeen: now - 30 * minute,
  });
  world.addEvents(seats, { count: 60, from: now - 30 * minute, to: now, users: 25 });
  const back = world.addIssue('ticket-service', {
    title: 'Timeout came back',
    substatus: 'regressed',
    regressedAt: now - 20 * minute,
    firstSeen: now - 20 * day,
    assignedTo: '#tickets',
  });
  world.addEvents(back, { count: 5, from: now - 20 * minute, to: now, users: 2 });
  const old = world.addIssue('ticket-service', {
    title: 'Came back days ago and is quiet',
    substatus: 'regressed',
    firstSeen: now - 30 * day,
    priority: 'low',
  });
  world.addEvents(old, { count: 5, from: now - 3 * day, to: now - 2 * day });
  const more = world.addIssue('ticket-service', {
    title: 'Ever more',
    substatus: 'escalating',
    firstSeen: now - 9 * day,
    assignedTo: '#tickets',
  });
  world.addEvents(more, { count: 40, from: now - 3 * hour, to: now, users: 4 });
  const steady = world.addIssue('silent-service', {
    title: 'Steady until now',
    priority: 'low',
    firstSeen: now - 9 * day,
  });
  world.addEvents(steady, { count: 480, from: now - 25 * hour, to: now - hour - 1 });
  world.addOutcomes('silent-service', { outcome: 'rate_limited', reason: 'error_usage_exceeded', quantity: 90 });
  world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
  world.addSessions('movie-service', { release: 'movie@2', from: now - hour, to: now, perHour: 1000, crashRate: 0.02 });
}

describe('what a fleet is asked for besides its rates', () => {
  it('is found, worst first', async () => {
    const bed = await openBed({ now, fill: troubles });
    expect(await askOf(bed, tool)).toMatchInlineSnapshot(`
      "CRITICAL: 5 critical, 2 warnings, 0 notes; 2 of 3 projects changed for the worse, 0 steady
      3 projects; 1 new issue, 1 regressed, 1 escalating; 1 unacknowledged L3
      Window: 2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z, against the 1 d before

      |project|verdict|events|before|crashFree|
      |-|-|-|-|-|
      |\`movie-service\`|critical|60|0 usual|98 %|
      |\`silent-service\`|silent|0|20 usual||
      |\`ticket-service\`|unknown|18|1.1 usual||

      Web: \`https://sentry.test/organizations/acme/issues/\`
      API: GET organizations/acme/events/, stats_v2/, issues/, sessions/, monitors/

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |critical|new_unhandled_issue|\`movie-service\`|\`new unhandled issue with 25 users; 60/h after 0/h\` vs no new unhandled issue with 10 users or more|Look at the issue; roll back if a release brought it|
      |critical|silent_project|\`silent-service\`|\`0 events after 20/h, q <0.0001 (exact); 90 events were dropped on the way in\` vs some events where there were ≥100 before, p ≤0.001|Prove by sentry_check_ingest that errors still arrive: the service may be down, its key off, or a quota used up|
      |critical|monitor_failing|\`movie-service nightly production\`|\`last check-in 2026-03-01T11:00:00Z, 1 h ago; failing since 2026-03-01T11:00:00Z, 1 h ago; next expected 2026-03-01T12:00:00Z\` vs last check-in ok|Look at the log of the job at that time|
      |critical|dropped_quota|\`silent-service\`|\`90 lost, 100 % of 90: error_usage_exceeded 90\` vs below 1 %; critical from 10 %|Raise the quota or spike protection, or send less: the biggest issues first|
      |critical|unacknowledged_l3|\`MOVIE-SERVICE-1 TypeError: seats is null 座席\`|\`untouched 30 min, movie-service, 60 events, 25 users\` vs L3 within 5 min|Assign it or comment on it; else open an incident|
      |warning|escalating_issue|\`TICKET-SERVICE-3 Ever more\`|\`error, 4 users, 40 events\` vs no faster than forecast|Read it, then its causes|
      |warning|regressed_issue|\`TICKET-SERVICE-1 Timeout came back\`|\`error, 2 users, 5 events\` vs stays resolved|Read it, then its causes|

      Not examined: rate of 1 project (too few errors for a doubling to be seen with 80 %; a longer window decides)

      Next: sentry_issue {"issue":"MOVIE-SERVICE-1"}"
    `);
    const report = await bed.client.data<Overview>(tool);
    expect(report.findings.map(({ id, object, severity }) => [id, object.split(' ')[0], severity])).toEqual([
      ['new_unhandled_issue', 'movie-service', 'critical'],
      ['silent_project', 'silent-service', 'critical'],
      ['monitor_failing', 'movie-service', 'critical'],
      ['dropped_quota', 'silent-service', 'critical'],
      ['unacknowledged_l3', 'MOVIE-SERVICE-1', 'critical'],
      ['escalating_issue', 'TICKET-SERVICE-3', 'warning'],
      ['regressed_issue', 'TICKET-SERVICE-1', 'warning'],
    ]);
    expect(report.projects[0]).toMatchObject({ project: 'movie-service', crashFree: '98 %' });
  });

  it.each([[[]], [['--allow', 'write']]])('leads on by calls that work, with %j', async (argv) => {
    const { client } = await openBed({ now, argv, fill: troubles });
    const { findings } = await client.data<Overview>(tool);
    expect(findings.every(({ next }) => next !== undefined)).toBe(true);
    for (const { id, next } of findings) {
      const answer = await client.call(next?.tool ?? '', next?.args);
      expect([id, next?.tool, answer.isError ?? false]).toEqual([id, next?.tool, false]);
    }
  });

  it('is cut to the projects of --project, in every request', async () => {
    const { client, sentry } = await openBed({ now, argv: ['--project', 'ticket-service'], fill: troubles });
    const report = await client.data<Overview>(tool);
    expect(report.findings.map(({ object }) => object.split(' ')[0])).toEqual(['TICKET-SERVICE-3', 'TICKET-SERVICE-1']);
    expect(report.counts).toContain('1 project;');
    const project = sentry.world.state.projects.find(({ slug }) => slug === 'ticket-service');
    const asked = sentry.requests.filter(({ path }) => !/organizations\/(acme\/projects\/)?$/.test(path));
    expect(asked.length).toBeGreaterThan(5);
    for (const { path, query } of asked) expect([path, query.getAll('project')]).toEqual([path, [project?.id]]);
    expect(await client.refusal(tool, { projects: ['movie-service'] })).toMatchObject({ code: 'out_of_scope' });
  });
});

describe('the verdict', () => {
  it('is unknown when no project could be judged, and ok when one was', async () => {
    const steady = ({ world }: SentryDouble, slug: string, perHour: number): void => {
      const known = world.addIssue(slug, { title: 'Known', priority: 'low', firstSeen: now - 9 * day });
      world.addEvents(known, { count: 25 * perHour, from: now - 25 * hour, to: now });
    };
    const few = await openBed({ now, fill: (sentry) => steady(sentry, 'quiet', 1) });
    expect(await few.client.data<Overview>(tool)).toMatchObject({
      verdict: 'unknown',
      findings: [],
      notExamined: [{ what: 'rate of 1 project', required: true }],
    });
    const both = await openBed({
      now,
      fill: (sentry) => {
        steady(sentry, 'quiet', 1);
        steady(sentry, 'busy', 60);
      },
    });
    expect(await both.client.data<Overview>(tool)).toMatchObject({
      verdict: 'ok',
      notExamined: [{ what: 'rate of 1 project', required: false }],
    });
    const empty = await openBed({ now, fill: ({ world }) => void world.addProject('new-one') });
    expect(await empty.client.data<Overview>(tool)).toMatchObject({ verdict: 'unknown' });
  });

  it('tells of a silent project that nothing was dropped, and is a warning then', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        troubles(sentry);
        sentry.world.state.outcomes.length = 0;
      },
    });
    const { findings } = await client.data<Overview>(tool);
    expect(findings.find(({ id }) => id === 'silent_project')).toMatchObject({
      severity: 'warning',
      evidence: expect.stringContaining('none were dropped on the way in') as string,
    });
    expect(findings.map(({ id }) => id)).not.toContain('dropped_quota');
  });

  it('does not blame drops from before the window', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        troubles(sentry);
        sentry.world.state.outcomes.length = 0;
        const lost = { outcome: 'rate_limited', reason: 'error_usage_exceeded', quantity: 500 };
        sentry.world.addOutcomes('silent-service', { ...lost, from: now - 10 * hour, to: now - 5 * hour });
      },
    });
    const { findings } = await client.data<Overview>(tool);
    expect(findings.find(({ id }) => id === 'silent_project')?.severity).toBe('warning');
    expect(findings.map(({ id }) => id)).not.toContain('dropped_quota');
  });

  describe('on silence, where Sentry tells whole hours and not the window', () => {
    const later = now + 37 * minute;
    /** A steady project that fell silent, and what Sentry tells of it from 12:00 on. */
    const told = async (dropped: number, accepted: number) => {
      const { client, sentry } = await openBed({
        now: later,
        fill: ({ world }) => {
          const steady = world.addIssue('silent-service', {
            title: 'Steady',
            priority: 'low',
            firstSeen: now - 9 * day,
          });
          world.addEvents(steady, { count: 24 * 300, from: later - day - 5 * minute, to: later - 5 * minute - 1 });
        },
      });
      vi.setSystemTime(later);
      const project = Number(sentry.world.state.projects[0]?.id);
      const group = (outcome: string, reason: string, quantity: number) => ({
        by: { project, outcome, reason },
        totals: { 'sum(quantity)': quantity },
        series: {},
      });
      sentry.mutate((body, path) =>
        path.endsWith('/stats_v2/')
          ? {
              start: '2026-03-01T12:00:00Z',
              end: '2026-03-01T13:00:00Z',
              intervals: [],
              groups: [group('accepted', 'none', accepted), group('rate_limited', 'error_usage_exceeded', dropped)],
            }
          : body,
      );
      const { findings } = await client.data<Overview>(tool, { window: '5m' });
      return findings.find(({ id }) => id === 'silent_project');
    };

    it('does not blame what may have been dropped before the window', async () => {
      expect(await told(2, 150)).toMatchObject({
        severity: 'warning',
        evidence: expect.stringContaining(
          '2 events were dropped on the way in within its whole hours, perhaps',
        ) as string,
      });
    });

    it('blames what the time before the window cannot have brought', async () => {
      expect(await told(400, 150)).toMatchObject({
        severity: 'critical',
        evidence: expect.stringMatching(/400 events were dropped .* at least \d+ of them in this time/) as string,
      });
    });
  });

  it('says that counts are estimates where a part of the data was scanned', async () => {
    const { client, sentry } = await openBed({ now, fill: troubles });
    sentry.world.sampling.dataScanned = 'partial';
    const { notExamined } = await client.data<Overview>(tool);
    expect(notExamined.map(({ what }) => what)).toContain('all of the errors');
  });

  it('says what could not be looked at, and goes on', async () => {
    const features = { sessions: false, monitors: false, stats: false };
    const { client } = await openBed({ now, features, fill: troubles });
    const report = await client.data<Overview>(tool);
    expect(report.verdict).toBe('critical');
    expect(report.notExamined.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['sessions', 'cron monitors', 'what became of events']),
    );
    expect(report.findings.find(({ id }) => id === 'silent_project')).toMatchObject({
      severity: 'warning',
      evidence: expect.not.stringContaining('dropped') as string,
    });
  });

  it('takes no monitor of another environment for one that never checked in', async () => {
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        world.addProject('movie-service', { environments: ['production', 'staging'] });
        world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, environment: 'staging' }] });
        world.addMonitor('movie-service', { slug: 'hourly', checkins: [{ at: now - hour }] });
      },
    });
    for (const tool of ['sentry_overview', 'sentry_report']) {
      const { findings } = await client.data<Judged>(tool, { environment: 'production' });
      expect(findings.filter(({ id }) => id === 'monitor_never_checked_in')).toEqual([]);
    }
  });

  it('holds addresses that are down', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        fillFleet(sentry, knownFleet().slice(8, 12));
        sentry.world.addProject('movie-service');
        sentry.world.addUptimeDetector('movie-service', { url: 'https://tickets.example.com' });
        const url = 'https://tickets.example.com';
        sentry.world.addUptimeChecks('movie-service', {
          url,
          count: 60,
          from: now - hour,
          to: now,
          status: () => 'failure',
        });
      },
    });
    const report = await client.data<Overview>(tool);
    expect(report.verdict).toBe('critical');
    expect(report.findings).toMatchObject([
      { id: 'uptime_failing', object: 'movie-service https://tickets.example.com', next: { tool: 'sentry_monitors' } },
    ]);
    expect(report.notExamined.map(({ what }) => what)).not.toContain('uptime checks');
  });

  it('holds a fatal issue of many users that has no priority', async () => {
    const { client, sentry } = await openBed({
      now,
      fill: ({ world }) => {
        const fatal = world.addIssue('movie-service', {
          title: 'Out of memory',
          level: 'fatal',
          firstSeen: now - 3 * day,
        });
        world.addEvents(fatal, { count: 90, from: now - 3 * day, to: now - 2 * day, users: 50 });
      },
    });
    sentry.mutate((body, path) =>
      path.endsWith('/issues/') && Array.isArray(body) ? body.map((one: object) => ({ ...one, priority: null })) : body,
    );
    const report = await client.data<Overview>(tool);
    expect(report.findings.map(({ id }) => id)).toContain('unacknowledged_l3');
    expect(report.counts).toContain('1 unacknowledged L3');
  });

  it('is no zero where issues cannot be read', async () => {
    const scopes = ['org:read', 'project:read', 'alerts:read'];
    const { client } = await openBed({ now, scopes, fill: troubles });
    const report = await client.data<Overview>(tool);
    expect(report.counts).toBe('3 projects; issues not read');
    const issues = report.notExamined.filter(({ what }) => /issue|is:/.test(what));
    expect(issues).toMatchObject([{ what: 'issues: new, regressed and escalating, unacknowledged', required: true }]);
    const one = await openBed({ now, fill: troubles });
    one.sentry.mutate((body, path) =>
      path.endsWith('/issues/') && Array.isArray(body)
        ? body.map((issue: object) => ({ ...issue, substatus: undefined }))
        : body,
    );
    const older = await one.client.data<Overview>(tool);
    expect(older.counts).toBe('3 projects; 1 new issue, – regressed, – escalating; 1 unacknowledged L3');
    expect(older.notExamined.map(({ what }) => what)).toContain('regressed and escalating issues');
  });

  it('is counted by the hits of Sentry where there are more than it lists', async () => {
    const { client, sentry } = await openBed({
      now,
      fill: ({ world }) => {
        for (let index = 0; index < 150; index += 1) {
          world.addIssue('movie-service', { title: `New ${index}`, priority: 'high', firstSeen: now - 30 * minute });
        }
      },
    });
    const report = await client.data<Overview>(tool);
    expect(report.counts).toBe('1 project; 150 new issues, 0 regressed, 0 escalating; 100 or more unacknowledged L3');
    expect(report.notExamined.map(({ what }) => what)).toContain('more unassigned issues');
    expect(sentry.requests.length).toBeLessThanOrEqual(12);
  });

  it('is found on a server of one’s own too', async () => {
    const { client, sentry } = await openBed({ now, mode: 'self-hosted', fill: troubles });
    const report = await client.data<Overview>(tool);
    expect(report.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['new_unhandled_issue', 'silent_project', 'dropped_quota']),
    );
    expect(sentry.requests.every(({ outcome }) => typeof outcome === 'number')).toBe(true);
  });
});

describe('unchanged fleets', () => {
  it('raise an alarm in at most 1 % of answers, bursts included', { timeout: 120_000 }, async () => {
    const runs = 40;
    const random = randomCounts(7);
    const kinds = [
      [3, 1],
      [20, 1],
      [60, 1],
      [3, 4],
      [20, 4],
      [40, 8],
      [8, 3],
      [100, 6],
    ] as const; // mean an hour, φ
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        for (let run = 0; run < runs; run += 1) {
          world.addOrganization({ slug: `fleet-${run}` });
          for (const [index, [mean, phi]] of kinds.entries()) {
            const project = world.addProject(`p${run}-${index}`, { organization: `fleet-${run}` });
            const known = world.addIssue(project, { title: 'Known', priority: 'low', firstSeen: now - 40 * day });
            const at = Array.from({ length: 25 }, (_, hours) => hours + 1).flatMap((hours) =>
              Array.from({ length: random.bursts(mean, phi) }, () => now - hours * hour + random.uniform() * hour),
            );
            world.addEvents(known, { at: at.toSorted((a, b) => a - b), users: 40 });
          }
        }
      },
    });
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const report = await client.data<Overview>(tool, { organization: `fleet-${run}` });
      expect(report.verdict).not.toBe('unknown');
      if (report.verdict !== 'ok') alarms += 1;
    }
    expect(alarms / runs).toBeLessThanOrEqual(0.01);
  });

  it('do not when their baseline is short: bursts are then looked for before it', async () => {
    const random = randomCounts(9);
    const { client } = await openBed({
      now,
      fill: ({ world }) => {
        for (let index = 0; index < 8; index += 1) {
          const known = world.addIssue(`p${index}`, { title: 'Known', priority: 'low', firstSeen: now - 40 * day });
          // all of an hour's events in every fourth hour: φ is large, and the window is such an hour
          const at = Array.from({ length: 30 }, (_, hours) => hours + 1).flatMap((hours) =>
            Array.from({ length: hours % 4 === 1 ? 200 : 20 }, () => now - hours * hour + random.uniform() * hour),
          );
          world.addEvents(known, { at: at.toSorted((a, b) => a - b), users: 40 });
        }
      },
    });
    expect(await client.data<Overview>(tool, { baseline: '3h' })).toMatchObject({ findings: [] });
  });
});

describe('a bursty fleet whose counts by hour cannot be read', () => {
  const fill = ({ world }: SentryDouble): void => {
    for (let index = 0; index < 4; index += 1) {
      const known = world.addIssue(`batch-${index}`, { title: 'Batch', priority: 'low', firstSeen: now - 40 * day });
      for (const hours of [1, 7, 13, 19]) {
        const from = now - hours * hour + minute;
        world.addEvents(known, { count: 300, from, to: from + 50 * minute, users: 40 });
      }
    }
  };

  it('is no alarm, and says why it is not judged', async () => {
    const { client, sentry } = await openBed({ now, fill });
    const known = await client.data<Overview>(tool);
    expect(known).toMatchObject({ verdict: 'unknown', findings: [] });
    expect(known.notExamined).toMatchObject([{ why: expect.stringContaining('bursts') as string }]);
    sentry.fail({ match: /events-timeseries/, status: 400, times: 9 });
    const report = await client.data<Overview>(tool);
    expect(report).toMatchObject({ verdict: 'unknown', findings: [] });
    expect(report.projects.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 4 }, () => 'unknown'));
    expect(report.notExamined.map(({ what }) => what)).toEqual(['bursts of errors', 'rate of 4 projects']);
    expect(report.notExamined[1]).toMatchObject({ required: true });
  });

  it('still tells a change that no burst explains', async () => {
    const { client, sentry } = await openBed({
      now,
      fill: (world) => {
        fill(world);
        const known = world.world.addIssue('movie-service', {
          title: 'Known',
          priority: 'low',
          firstSeen: now - 9 * day,
        });
        world.world.addEvents(known, { count: 24, from: now - 25 * hour, to: now - hour - 1, users: 5 });
        world.world.addEvents(known, { count: 4000, from: now - hour + minute, to: now, users: 90 });
      },
    });
    sentry.fail({ match: /events-timeseries/, status: 400, times: 9 });
    const { findings } = await client.data<Overview>(tool);
    expect(findings).toMatchObject([{ id: 'error_rate', object: 'movie-service', severity: 'critical' }]);
  });
});

describe('its input', () => {
  it('asks which organisation where several are visible, and names them', async () => {
    const { client } = await openBed({
      now,
      fill: (sentry) => {
        sentry.world.addOrganization({ slug: 'cinecom-west' });
        fillCinema(sentry);
      },
    });
    const refusal = await client.refusal(tool);
    expect(refusal.code).toBe('invalid_input');
    expect(refusal.text).toContain('organization says which');
    expect(refusal.text).toContain('Allowed: acme, cinecom-west.');
    expect(await client.data<Overview>(tool, { organization: 'acme' })).toMatchObject({ verdict: 'critical' });
  });

  it.each([
    [{ window: '4m' }, 'window must be a duration from 5m to 24h'],
    [{ window: '25h' }, 'window must be a duration from 5m to 24h'],
    [{ window: 'soon' }, 'Written as 5m, 12h or 7d.'],
    [{ baseline: '30m' }, 'baseline must be a duration from 1h to 7d'],
    [{ baseline: '8d' }, 'baseline must be a duration from 1h to 7d'],
    [{ projects: ['movie'] }, 'Allowed: movie-service, ticket-service.'],
  ])('refuses %j with what is allowed', async (args, says) => {
    const { client } = await openBed({ now, fill: fillCinema });
    expect(await client.refusal(tool, args)).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining(says) as string,
    });
  });

  it.each(['5m', '24h'])('takes a window of %s, and leads on with the same', async (window) => {
    const { client } = await openBed({ now, fill: fillFleet });
    const report = await client.data<Overview>(tool, { window });
    const minutes = window === '5m' ? 5 : 1440;
    for (const { next } of report.findings.filter(({ id }) => id === 'error_rate')) {
      expect(next?.args['from']).toBe(`now-${minutes}m`);
    }
    expect(report.window).toContain(' to 2026-03-01T12:00:00Z, against the 1 d before');
  });
});
