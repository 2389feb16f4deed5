import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { askOf, freezeTime, hour, type Judged, minute, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service', { environments: ['production'] });
  world.addMonitor('movie-service', {
    slug: 'nightly-import',
    schedule: '0 * * * *',
    checkins: [{ at: now - 3 * hour }, { at: now - 2 * hour }, { at: now - hour, status: 'error' }],
    nextCheckIn: now + minute,
  });
  world.addMonitor('movie-service', {
    slug: 'prices',
    schedule: [10, 'minute'],
    checkins: [{ at: now - 2 * hour }, { at: now - hour, status: 'missed' }],
    nextCheckIn: now + minute,
  });
  world.addMonitor('movie-service', { slug: 'seats', checkins: [{ at: now - 30 * minute }] });
  world.addMonitor('movie-service', { slug: 'posters', checkins: [{ at: now - 2 * hour }], nextCheckIn: now - hour });
  world.addMonitor('movie-service', { slug: 'quiet', checkins: [{ at: now - minute }], muted: true });
  world.addMonitor('movie-service', { slug: 'never' });
  world.addMonitor('movie-service', { slug: 'old', disabled: true, checkins: [{ at: now - 90 * hour }] });
  world.addUptimeDetector('movie-service', { name: 'Tickets', url: 'https://tickets.example.com' });
  world.addUptimeDetector('movie-service', { name: 'Old page', enabled: false });
  world.addUptimeChecks('movie-service', {
    url: 'https://tickets.example.com',
    count: 120,
    from: now - 2 * hour,
    to: now,
    status: (index) => (index >= 105 ? 'failure' : 'success'),
  });
}

interface Report extends Judged {
  readonly monitors: readonly { readonly monitor: string; readonly state: string; readonly checkIns: string }[];
  readonly total: number;
  readonly uptime: readonly {
    readonly name: string;
    readonly address: string;
    readonly state: string;
    readonly last: string;
  }[];
}

it('tells what is missed, late, failing, muted, off or never checked in, and what is expected next', async () => {
  const bed = await openBed({ now, fill });
  expect(await askOf(bed, 'sentry_monitors')).toMatchInlineSnapshot(`
    "CRITICAL: 3 of 7 cron jobs failing, missed or late; 1 of 2 uptime checks failing
    Window: now; uptime checks of 2 h

    |severity|id|object|evidence vs threshold|fix|
    |-|-|-|-|-|
    |critical|monitor_failing|\`movie-service nightly-import production\`|\`last check-in 2026-03-01T11:00:00Z, 1 h ago; failing since 2026-03-01T11:00:00Z, 1 h ago; next expected 2026-03-01T12:01:00Z\` vs last check-in ok|Look at the log of the job at that time|
    |critical|monitor_missed|\`movie-service prices production\`|\`last check-in 2026-03-01T10:00:00Z, 2 h ago; failing since 2026-03-01T11:00:00Z, 1 h ago; next expected 2026-03-01T12:01:00Z\` vs a check-in within the margin of its schedule|Find out whether the job runs at all: host, scheduler, permissions|
    |critical|uptime_failing|\`movie-service https://tickets.example.com\`|\`15 of 120 checks failed, 12.5 %\` vs below 1 %; critical from 10 % of 5 checks|Call the address yourself; look at its service and certificate|
    |warning|monitor_late|\`movie-service posters production\`|\`last check-in 2026-03-01T10:00:00Z, 2 h ago; due until 2026-03-01T11:05:00Z\` vs a check-in within the margin of its schedule|Find out whether the job runs: Sentry has not called it missed yet|
    |warning|monitor_muted|\`movie-service quiet production\`|\`last check-in 2026-03-01T11:59:00Z, 1 min ago; next expected 2026-03-01T12:59:00Z; last status ok\` vs not muted: its failures open no issue|Unmute it when the reason is over|
    |warning|monitor_never_checked_in|\`movie-service never\`|\`no check-in in any environment\` vs a first check-in|Send check-ins from the job, or take the monitor away|
    |info|monitor_disabled|\`movie-service old production\`|\`last check-in 2026-02-25T18:00:00Z, 3 d 18 h ago; last status ok\` vs enabled: nobody watches the job|Enable it, or take it away|
    |info|uptime_disabled|\`movie-service Old page\`|\`switched off\` vs enabled: nobody watches the address|Enable it, or take it away|

    |monitor|project|environment|state|schedule|last|next|checkIns|
    |-|-|-|-|-|-|-|-|
    |\`nightly-import\`|\`movie-service\`|\`production\`|failing|\`0 * * * * UTC\`|1 h ago|2026-03-01T12:01:00Z|\`ok ok error\`|
    |\`prices\`|\`movie-service\`|\`production\`|missed|\`every 10 minute UTC\`|2 h ago|2026-03-01T12:01:00Z|\`ok missed\`|
    |\`posters\`|\`movie-service\`|\`production\`|late|\`0 * * * * UTC\`|2 h ago|2026-03-01T11:00:00Z|\`ok\`|
    |\`quiet\`|\`movie-service\`|\`production\`|muted|\`0 * * * * UTC\`|1 min ago|2026-03-01T12:59:00Z||
    |\`never\`|\`movie-service\`|\`–\`|waiting|\`0 * * * * UTC\`|never|–||
    |\`old\`|\`movie-service\`|\`production\`|disabled|\`0 * * * * UTC\`|3 d 18 h ago|2026-02-25T19:00:00Z||

    |name|project|address|state|failed|last|
    |-|-|-|-|-|-|
    |\`Tickets\`|\`movie-service\`|\`https://tickets.example.com\`|failing|15 of 120|30 s ago|
    |\`Old page\`|\`movie-service\`|\`https://cinema.example/health\`|disabled|–|–|

    Web: \`https://sentry.test/organizations/acme/insights/crons/\`
    API: GET organizations/acme/monitors/, detectors/, events/"
  `);
});

it('lists all on demand, with the last check-ins of those that are not well', async () => {
  const { client } = await openBed({ now, fill });
  const { monitors, total } = await client.data<Report>('sentry_monitors', { state: 'all' });
  expect(total).toBe(7);
  expect(monitors.map(({ monitor, state, checkIns }) => [monitor, state, checkIns])).toEqual([
    ['nightly-import', 'failing', 'ok ok error'],
    ['prices', 'missed', 'ok missed'],
    ['seats', 'ok', ''],
    ['posters', 'late', 'ok'],
    ['quiet', 'muted', ''],
    ['never', 'waiting', ''],
    ['old', 'disabled', ''],
  ]);
});

it('finds a detector whose address is not checked any more', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      world.addUptimeDetector('movie-service', { name: 'Tickets' });
      world.addUptimeDetector('movie-service', { name: 'Seats' });
      world.addUptimeChecks('movie-service', { count: 10 });
    },
  });
  const report = await client.data<Report>('sentry_monitors');
  expect(report).toMatchObject({
    verdict: 'warning',
    findings: [{ id: 'uptime_no_checks', evidence: '1 address checked, 2 detectors on' }],
  });
});

it('says in its first line that the only uptime check fails, and lists healthy ones on demand', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      world.addUptimeDetector('movie-service', { name: 'Seats', url: 'https://seats.example.com/' });
      world.addUptimeDetector('movie-service', { name: 'Tickets', url: 'https://tickets.example.com' });
      world.addUptimeChecks('movie-service', {
        url: 'https://tickets.example.com',
        count: 20,
        status: () => 'failure',
      });
      world.addUptimeChecks('movie-service', { url: 'https://seats.example.com', count: 20 });
    },
  });
  const failing = await client.data<Report>('sentry_monitors');
  expect(failing.summary).toBe('1 of 2 uptime checks failing; no cron monitors');
  expect(failing.uptime.map(({ name, state }) => [name, state])).toEqual([['Tickets', 'failing']]);
  const { uptime } = await client.data<Report>('sentry_monitors', { state: 'all' });
  expect(uptime).toMatchObject([
    { name: 'Tickets', address: 'https://tickets.example.com', state: 'failing', failed: '20 of 20' },
    { name: 'Seats', address: 'https://seats.example.com/', state: 'ok', failed: '0 of 20' },
  ]);
  expect(uptime[0]?.last).toMatch(/ ago$/);
});

it('finds nothing wrong with more healthy addresses than one page holds', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      for (let index = 0; index < 120; index += 1) {
        const url = `https://screen-${index}.example.com`;
        world.addUptimeDetector('movie-service', { name: `Screen ${index}`, url });
        world.addUptimeChecks('movie-service', { url, count: 3 });
      }
    },
  });
  expect(await client.data<Report>('sentry_monitors', { state: 'all' })).toMatchObject({
    verdict: 'ok',
    summary: '120 uptime checks, none known to fail; no cron monitors',
    findings: [],
    uptimeTotal: 120,
  });
});

it('tells more addresses than it reads as not examined', async () => {
  const { client } = await openBed({
    now,
    fill: ({ world }) => {
      for (let index = 0; index < 520; index += 1) {
        const url = `https://screen-${index}.example.com`;
        world.addUptimeDetector('movie-service', { url });
        world.addUptimeChecks('movie-service', { url, count: 1 });
      }
    },
  });
  const { findings, notExamined } = await client.data<Report>('sentry_monitors');
  expect(findings).toEqual([]);
  expect(notExamined).toMatchObject([{ what: 'rarely checked addresses' }]);
});

it('does not take an environment that no monitor has for one without trouble', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      fill(sentry);
      sentry.world.addProject('movie-service', { environments: ['production', 'staging'] });
    },
  });
  for (const environment of ['prodd', 'staging']) {
    const report = await client.data<Report>('sentry_monitors', { environment });
    expect(report.notExamined).toMatchObject([
      { what: 'cron monitors', why: `no monitor has checked in in environment ${environment}`, required: true },
    ]);
    // what never checked in anywhere is still told, what does so elsewhere is not taken for it
    expect(report.monitors.map(({ monitor }) => monitor)).toEqual(['never']);
  }
});

it('does not say ok where nothing is watched', async () => {
  const { client } = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
  const report = await client.data<Report>('sentry_monitors');
  expect(report).toMatchObject({
    verdict: 'unknown',
    notExamined: [{ what: 'jobs and addresses', why: 'nothing is watched: there are no monitors', required: true }],
  });
});

it('on a server of one’s own tells cron monitors, and names uptime as not examined', async () => {
  const { client } = await openBed({
    now,
    mode: 'self-hosted',
    fill: ({ world }) => void world.addMonitor('movie-service', { slug: 'seats', checkins: [{ at: now - minute }] }),
  });
  const report = await client.data<Report>('sentry_monitors', { state: 'all' });
  expect(report).toMatchObject({ verdict: 'ok', monitors: [{ monitor: 'seats', state: 'ok' }] });
  expect(report.notExamined.map(({ what }) => what)).toEqual(['uptime detectors', 'uptime checks']);
});

it('does not say ok where monitors cannot be asked', async () => {
  const { client } = await openBed({ now, features: { monitors: false }, fill });
  const report = await client.data<Report>('sentry_monitors');
  expect(report.notExamined).toMatchObject([{ what: 'cron monitors', required: true }]);
  expect(report.findings.map(({ id }) => id)).toEqual(['uptime_failing', 'uptime_disabled']);
});

it('refuses a project that there is not', async () => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal('sentry_monitors', { projects: ['nowhere'] })).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining('Allowed: movie-service'),
  });
});
