import { tempState } from '@cinecom/mcp-core/testing';
import { makeCertificate, missingOpenssl, type SentryDouble, type SentryOptions, startSentry } from '@cinecom/testbed';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tools } from '../src/tools/index.ts';
import { openBinary, runCommand } from './support/binary.ts';
import { fillCinema } from './support/cinema.ts';
import type { Judged } from './support/frozen.ts';
import { plainInputs, smallPolicy } from './support/inputs.ts';
import { openBed } from './support/open.ts';

const hour = 3_600_000;
const trace = 'a'.repeat(32);
const reading = tools.filter(({ risk }) => risk === 'read').map(({ name }) => name);

function fill(sentry: SentryDouble): void {
  fillCinema(sentry);
  const { world, clock } = sentry;
  const now = clock.now();
  world.addProjectRule('movie-service', { name: 'Mail us' });
  world.addMetricRule('ticket-service', { name: 'Many errors' });
  world.addMonitor('movie-service', { slug: 'nightly', checkins: [{ at: now - hour, status: 'error' }] });
  world.addTrace({
    project: 'movie-service',
    traceId: trace,
    op: 'http.server',
    description: 'GET /seats',
    durationMs: 800,
  });
}

const own = { mode: 'self-hosted', basePath: '/sentry' } as const;
const scoped = async (more: SentryOptions = {}) => openBed({ ...own, ...more, argv: ['--allow', 'write'], fill });
const inputOf = (name: string) => (name === 'sentry_trace' ? { trace } : (plainInputs[name] ?? {}));

describe('an older server of one’s own, below a path', () => {
  it.each(reading)('%s answers', async (name) => {
    const { client, sentry } = await scoped();
    const text = await client.ask(name, inputOf(name));
    expect(text).not.toMatch(/NaN|undefined|\[object Object\]/);
    expect(text.length).toBeGreaterThan(40);
    expect(sentry.requests.length).toBeGreaterThan(0);
  });

  it('is told what fails there as on sentry.io, by older datasets', async () => {
    const { client, sentry } = await scoped();
    expect(await client.ask('sentry_overview')).toMatch(/^CRITICAL: [^]*`movie-service`/);
    const datasets = sentry.requests
      .filter(({ path, outcome }) => path.endsWith('/events/') && outcome === 200)
      .map(({ query }) => query.get('dataset'));
    expect(new Set(datasets)).toEqual(new Set(['discover']));
  });

  it('is asked for transactions in its own words', async () => {
    const { client, sentry } = await scoped();
    const args = { dataset: 'spans', fields: ['transaction', 'count()', 'p95(span.duration)'] };
    const text = await client.ask('sentry_query', args);
    expect(text).toContain('GET /movies');
    expect(text).toContain('dataset=discover');
    expect(text).toContain('p95(span.duration)');
    expect(await client.ask('sentry_performance')).toContain('GET /movies');
    const fields = sentry.requests
      .filter(({ outcome }) => outcome === 200)
      .flatMap(({ query }) => query.getAll('field'));
    expect(fields).toContain('p95(transaction.duration)');
    expect(fields.filter((field) => field.includes('span.'))).toEqual([]);
  });

  it('draws series by events-stats', async () => {
    const { client, sentry } = await scoped();
    const text = await client.ask('sentry_query', { fields: ['count()'], series: true });
    expect(text).toContain('events-stats/');
    const stats = sentry.requests.filter(({ path }) => path.endsWith('/events-stats/'));
    expect(stats.map(({ outcome }) => outcome)).toEqual([200]);
  });

  it('draws series by group, also of projects that are named like fields of the answer', async () => {
    const names = ['data', 'meta', 'order'];
    const { client } = await openBed({
      ...own,
      fill: ({ world, clock }) => {
        for (const [index, name] of names.entries()) {
          const issue = world.addIssue(name, { title: 'x' });
          world.addEvents(issue, { count: 30 - index, from: clock.now() - hour / 2, to: clock.now() });
        }
      },
    });
    const { series } = await client.data<{
      readonly series: readonly { readonly group: string; readonly points: readonly { readonly value: string }[] }[];
    }>('sentry_query', { fields: ['count()', 'project'], series: true });
    expect(series.map(({ group }) => group)).toEqual(names);
    expect(series.every(({ points }) => points.some(({ value }) => Number.parseInt(value, 10) > 0))).toBe(true);
  });

  it('shows the rules of people, and says that policies cannot be written', async () => {
    const { client, sentry } = await scoped();
    const rules = await client.ask('sentry_alert_rules');
    expect(rules).toContain('Mail us');
    expect(rules).toContain('Many errors');
    const { code, text } = await client.refusal('sentry_apply_alert_policy', { policy: smallPolicy });
    expect(code).toBe('backend_unsupported');
    expect(text).toContain('Enter by hand, in the alert rules of each project:\n- `[ops] L3`: on `a new issue');
    expect(text).toContain('email to issue owners');
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('has no Seer, which is said in a sentence with what works instead', async () => {
    const { client, sentry } = await scoped();
    const state = await client.ask('sentry_seer_state', { issue: 'MOVIE-SERVICE-1' });
    expect(state).toContain('sentry_root_cause');
    const { code, text } = await client.refusal('sentry_start_seer', { issue: 'MOVIE-SERVICE-1' });
    expect(`${code} ${text}`).toMatch(/^backend_(unsupported|not_found) /);
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(await client.ask('sentry_root_cause', { issue: 'MOVIE-SERVICE-1' })).toContain('MOVIE-SERVICE-1');
  });

  it('lists what it lacks', async () => {
    const { client } = await scoped();
    const has = /This Sentry has: ([^;]*); not (.*)/.exec(await client.ask('sentry_projects'));
    expect(has?.slice(1).map((list) => list.split(', ').toSorted())).toEqual([
      ['legacyRules', 'monitors', 'outcomes', 'sessions'],
      ['detectors', 'projectKeys', 'spans', 'timeseries', 'workflows'],
    ]);
  });

  it.each([
    ['sentry_monitors', 'monitors', { monitors: false }],
    ['sentry_usage', 'outcomes', { stats: false }],
    ['sentry_overview', 'monitors', { monitors: false, stats: false, sessions: false }],
  ] as const)('%s without %s never says ok, and names what it did not look at', async (tool, _what, features) => {
    const { client } = await scoped({ features });
    const report = await client.data<Judged>(tool);
    expect(report.verdict).not.toBe('ok');
    expect(report.notExamined.length).toBeGreaterThan(0);
  });

  it('proves ingestion by the keys of each project, and captures alerts', async () => {
    const { client, sentry } = await openBed({ ...own, argv: ['--allow', 'write', '--confirm', 'never'], fill });
    expect(await client.ask('sentry_check_ingest', { project: 'movie-service', wait: 10 })).toMatch(
      /^OK: an error would be seen/m,
    );
    expect(sentry.envelopes.map(({ status }) => status)).toEqual([200]);
    expect(sentry.requests.some(({ path }) => path.endsWith('/movie-service/keys/'))).toBe(true);
  });
});

const missing = missingOpenssl();

describe.skipIf(missing !== undefined)('over TLS of a private authority', () => {
  it('every tool that reads answers by the built server, `check` too, and without the authority none', async () => {
    const certificate = await makeCertificate({ names: [] });
    const sentry = await startSentry({ ...own, tls: certificate });
    const state = await tempState();
    onTestFinished(async () => {
      certificate.remove();
      await state.remove();
      await sentry.stop();
      expect(sentry.violations).toEqual([]);
    });
    fill(sentry);
    const trusted = ['--ca-file', certificate.caFile];
    {
      await using client = await openBinary(sentry, { argv: trusted });
      for (const name of reading) expect((await client.ask(name, inputOf(name))).length, name).toBeGreaterThan(40);
    }
    const { code, stdout } = await runCommand(sentry, ['check', ...trusted], { env: state.env });
    expect(code).toBe(0);
    expect(stdout).toContain('workflows absent');
    const asked = sentry.requests.length;
    await using client = await openBinary(sentry);
    expect(await client.refusal('sentry_overview')).toMatchObject({
      code: 'backend_unreachable',
      text: expect.stringContaining('--ca-file') as string,
    });
    await using untrusting = await openBinary(sentry, { argv: ['--ca-file', import.meta.filename] });
    expect(await untrusting.refusal('sentry_overview')).toMatchObject({
      code: 'not_configured',
      text: expect.stringContaining('PEM') as string,
    });
    expect(sentry.requests).toHaveLength(asked);
  });
});
