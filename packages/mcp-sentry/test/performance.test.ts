import type { SentryDouble } from '@cinecom/testbed';
import { expect, it } from 'vitest';
import { askOf, day, freezeTime, hour, type Judged, now } from './support/frozen.ts';
import { openBed } from './support/open.ts';

freezeTime();

/** 200 requests in the hour before and as many in the last one, unless told otherwise. */
function requests(
  { world }: SentryDouble,
  transaction: string,
  { before = 20, after = 20, failed = 0, count = 200, shift = hour, project = 'movie-service' } = {},
): void {
  const run = (from: number, ms: number, failureRatio: number) =>
    world.addSpans(project, {
      transaction,
      count,
      from,
      to: from + hour,
      durationMs: (index) => ms + (index % 10),
      failureRatio,
    });
  run(now - hour - shift, before, 0.01);
  run(now - hour, after, failed || 0.01);
}

function fill(sentry: SentryDouble): void {
  requests(sentry, 'GET /movies', { before: 100, after: 200 });
  requests(sentry, 'POST /seats', { failed: 0.2 });
  requests(sentry, 'GET /posters');
  sentry.world.addSpans('movie-service', {
    transaction: 'GET /gone',
    count: 150,
    from: now - 2 * hour,
    to: now - hour,
    durationMs: 30,
  });
}

interface Report extends Judged {
  readonly rows: readonly {
    readonly of: string;
    readonly p95: string;
    readonly p95Before: string;
    readonly apdex: string;
    readonly flags: string;
  }[];
  readonly total: number;
}

it('puts first what has gone, then what fails more, then what is slower', async () => {
  const bed = await openBed({ now, fill });
  expect(await askOf(bed, 'sentry_performance')).toMatchInlineSnapshot(`
    "CRITICAL: 3 of 4 transactions slower, failing more or gone; 600 requests after 750 (−20 %)
    Window: last 1 h against the same time before

    |severity|id|object|evidence vs threshold|fix|
    |-|-|-|-|-|
    |critical|throughput_zero|\`movie-service GET /gone\`|\`0 requests after 150\` vs some requests where there were ≥100 before, p ≤0.001|Look whether its service runs, is routed to, and still sends to Sentry|
    |warning|failure_rate_higher|\`movie-service POST /seats\`|\`20 % failed after 1 % of 200 and 200, q <0.0001\` vs no rise with q ≤0.01|Look at the errors of its project|
    |warning|p95_slower|\`movie-service GET /movies\`|\`p95 209 ms after 109 ms, ×1.92, n 200 and 200\` vs below ×1.3 or 50 ms more, n ≥100 on both sides|Open a slow trace; compare releases|

    Next: sentry_check_ingest {"project":"movie-service"}  (not now: sentry_check_ingest is write; this server runs with --allow read)

    |of|project|n|epm|p50|p75|p95|p99|p95Before|failed|apdex|flags|
    |-|-|-|-|-|-|-|-|-|-|-|-|
    |\`GET /gone\`|\`movie-service\`|0|–|–|–|–|–|30 ms|–|–|throughput-zero|
    |\`POST /seats\`|\`movie-service\`|200|3.33|24.5 ms|27 ms|29 ms|29 ms|29 ms|20 %|1.00|failing-more|
    |\`GET /movies\`|\`movie-service\`|200|3.33|205 ms|207 ms|209 ms|209 ms|109 ms|1 %|1.00|slower|
    |\`GET /posters\`|\`movie-service\`|200|3.33|24.5 ms|27 ms|29 ms|29 ms|29 ms|1 %|1.00||

    Web: \`https://sentry.test/organizations/acme/insights/backend/\`
    API: GET organizations/acme/events/ dataset=spans"
  `);
});

it('compares with yesterday or a week ago on demand', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      requests(sentry, 'GET /movies', { before: 50, after: 200, shift: day });
      requests(sentry, 'GET /seats', { before: 50, after: 200, shift: 7 * day });
    },
  });
  const flagged = async (baseline: string) => {
    const { findings } = await client.data<Report>('sentry_performance', { baseline });
    return findings.map(({ id, object }) => `${id} ${object}`);
  };
  expect(await flagged('yesterday')).toEqual(['p95_slower movie-service GET /movies']);
  expect(await flagged('lastweek')).toEqual(['p95_slower movie-service GET /seats']);
  expect(await flagged('previous')).toEqual([]);
});

it('groups by project and by span operation', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      requests(sentry, 'GET /movies');
      requests(sentry, 'GET /tickets', { project: 'ticket-service', count: 100 });
      sentry.world.addSpans('movie-service', { op: 'db', count: 500, durationMs: 3, parentSpanId: 'b'.repeat(16) });
    },
  });
  const rows = async (by: string) => (await client.data<Report>('sentry_performance', { by })).rows.map(({ of }) => of);
  expect(await rows('project')).toEqual(['movie-service', 'ticket-service']);
  expect(new Set(await rows('span.op'))).toEqual(new Set(['db', 'http.server']));
});

it('counts in its first line what the table adds up to, also where the last bucket is long', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      requests(sentry, 'GET /movies', { count: 800 });
      requests(sentry, 'GET /seats', { count: 1 });
    },
  });
  const told = async (from: string) => (await client.data<Report>('sentry_performance', { from })).summary;
  expect(await told('now-1h')).toContain('801 requests after 801 (+0 %)');
  expect(await told('now-3d')).toContain('1,602 requests after 0 (new)');
  expect(await told('now-7d')).toContain('1,602 requests after 0 (new)');
});

it('says that the time before is not kept, instead of calling all of it new', async () => {
  const { client, sentry } = await openBed({ now, fill });
  const report = await client.data<Report>('sentry_performance', { from: 'now-60d' });
  expect(report.summary).toContain('1,350 requests, the time before is not kept');
  expect(report).toMatchObject({
    verdict: 'unknown',
    notExamined: [{ what: 'the time before', why: expect.stringContaining('older than 90 d') as string }],
  });
  const oldest = sentry.requests.flatMap(({ query }) => Date.parse(query.get('start') ?? '') || []);
  expect(Math.min(...oldest)).toBeGreaterThanOrEqual(now - 90 * day);
});

it('counts Apdex against the target that is given', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => requests(sentry, 'GET /movies', { before: 500, after: 500 }),
  });
  const apdex = async (apdexMs: number) =>
    (await client.data<Report>('sentry_performance', { apdexMs })).rows.map((row) => row.apdex);
  expect(await apdex(300)).toEqual(['0.50']);
  expect(await apdex(600)).toEqual(['1.00']);
  expect(await apdex(100)).toEqual(['0.00']);
});

it('does not call anything slower of a few requests, and says so', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => requests(sentry, 'GET /', { before: 20, after: 900, count: 99 }),
  });
  expect(await client.data<Report>('sentry_performance')).toMatchObject({
    verdict: 'unknown',
    findings: [],
    notExamined: [{ what: 'change of p95', why: expect.stringContaining('insufficient data'), required: true }],
  });
});

it('does not test what was extrapolated from samples as if it had been seen', async () => {
  const { client, sentry } = await openBed({
    now,
    fill: (sentry) => requests(sentry, 'GET /', { before: 20, after: 900, failed: 0.03 }),
  });
  sentry.world.sampling.sampleRate = 0.1;
  const report = await client.data<Report>('sentry_performance');
  expect(report.findings).toEqual([]);
  expect(report.verdict).toBe('unknown');
});

it('asks a server from before spans for transactions', async () => {
  const { client } = await openBed({ now, mode: 'self-hosted', fill });
  const report = await client.data<Report>('sentry_performance');
  expect(report.verdict).toBe('critical');
  expect(report.findings.map(({ id }) => id)).toEqual(['throughput_zero', 'failure_rate_higher', 'p95_slower']);
});

it('without any transaction is unknown', async () => {
  const { client } = await openBed({ now, fill: ({ world }) => void world.addProject('movie-service') });
  expect(await client.data<Report>('sentry_performance')).toMatchObject({
    verdict: 'unknown',
    notExamined: [{ what: 'response times', required: true }],
  });
});

it('leaves Apdex out where the server cannot count by duration', async () => {
  const { client, sentry } = await openBed({ now, fill });
  sentry.mutate((body, path) => {
    if (!path.includes('/events/')) return body;
    const { data } = body as { readonly data: readonly Readonly<Record<string, unknown>>[] };
    const kept = (row: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('count_if')));
    return { ...(body as object), data: data.map(kept) };
  });
  const { rows } = await client.data<Report>('sentry_performance');
  expect(new Set(rows.map(({ apdex }) => apdex))).toEqual(new Set(['–']));
});

it('stays within a page where everything is slower, and counts all of it', async () => {
  const { client } = await openBed({
    now,
    fill: (sentry) => {
      for (let count = 0; count < 60; count += 1) {
        requests(sentry, `GET /api/movies/of/some/length/${count}`, {
          before: 20,
          after: 200,
          count: 120,
          failed: 0.3,
        });
      }
    },
  });
  const answer = await client.ask('sentry_performance');
  expect(Buffer.byteLength(answer)).toBeLessThan(8000);
  expect(answer).toMatch(/^WARNING: 60 of 60 transactions slower/);
  expect(answer).toContain('40 more of 60: raise top.');
});

it('names what a wrong time should be', async () => {
  const { client } = await openBed({ now, fill });
  expect(await client.refusal('sentry_performance', { from: 'then' })).toMatchObject({
    code: 'invalid_input',
    text: expect.stringContaining('from is no time'),
  });
});

it('is no verdict where it cannot be read how many requests were sampled', async () => {
  const { client, sentry } = await openBed({ now, fill });
  sentry.fail({ status: 400, match: /events-timeseries/, times: 9 });
  const report = await client.data<Report>('sentry_performance');
  expect(report).toMatchObject({ verdict: 'unknown', findings: [] });
  expect(report.notExamined).toContainEqual({
    what: 'changes',
    why: 'how many requests were really sampled could not be read: few of them may stand for many',
    required: true,
  });
  expect(report.rows.map(({ flags }) => flags)).toEqual(['', '', '', '']);
});
