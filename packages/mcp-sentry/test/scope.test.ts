import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../src/tools/web-link.ts';
import { fillCinema } from './support/cinema.ts';
import { smallPolicy } from './support/inputs.ts';
import { openBed } from './support/open.ts';

const hour = 3_600_000;
const foreign = /ticket-service|TICKET-SERVICE|planted/;
const [mixed, theirs] = ['a'.repeat(32), 'b'.repeat(32)];

/** The cinema, and in the project that is not in scope one of everything that could be shown by mistake. */
function fill(sentry: SentryDouble): void {
  fillCinema(sentry);
  const { world, clock } = sentry;
  const now = clock.now();
  const secret = world.addIssue('ticket-service', {
    title: 'TypeError: planted title',
    type: 'TypeError',
    value: 'planted value',
    culprit: 'planted culprit',
    level: 'fatal',
    priority: 'high',
    substatus: 'escalating',
    isUnhandled: true,
    firstSeen: now - hour / 2,
  });
  world.addEvents(secret, {
    count: 80,
    from: now - hour / 2,
    to: now,
    users: 30,
    traceId: theirs,
    release: 'planted@9',
  });
  world.addRelease('planted@9', {
    projects: ['ticket-service'],
    dateCreated: now - hour,
    commits: [{ message: 'planted commit' }],
    deploys: [{ at: now - hour, environment: 'production' }],
  });
  world.addMonitor('ticket-service', { slug: 'planted-monitor', checkins: [{ at: now - hour, status: 'error' }] });
  world.addUptimeDetector('ticket-service', { name: 'planted uptime' });
  world.addOutcomes('ticket-service', { outcome: 'rate_limited', reason: 'planted_quota', quantity: 5000 });
  world.addSpans('ticket-service', { transaction: 'GET /planted', op: 'http.server', count: 300, durationMs: 9000 });
  world.addTrace({
    project: 'movie-service',
    traceId: mixed,
    op: 'http.server',
    description: 'GET /seats',
    durationMs: 800,
    children: [
      { project: 'ticket-service', op: 'db', description: 'SELECT planted', durationMs: 700, errors: [secret] },
    ],
  });
  world.addTrace({
    project: 'ticket-service',
    traceId: theirs,
    op: 'db',
    description: 'SELECT planted',
    durationMs: 5,
  });
}

const scoped = async () => openBed({ argv: ['--allow', 'write', '--project', 'movie-service'], fill });

const projectIdOf = ({ world }: SentryDouble, slug: string) =>
  world.state.projects.find((project) => project.slug === slug)?.id ?? '';

describe('with a list of projects', () => {
  it.each([
    'sentry_issue',
    'sentry_issue_events',
    'sentry_root_cause',
    'sentry_seer_state',
    'sentry_start_seer',
    'sentry_triage_issues',
  ])('%s refuses an issue of another, however it is named', async (tool) => {
    const { client, sentry } = await scoped();
    const { id } = sentry.world.state.issues.find(({ title }) => title.includes('planted')) ?? { id: '' };
    for (const issue of [
      'TICKET-SERVICE-2',
      'ticket-service-2',
      id,
      `${sentry.url}/organizations/acme/issues/${id}/`,
    ]) {
      const args =
        tool === 'sentry_triage_issues' ? { issues: ['MOVIE-SERVICE-1', issue], status: 'resolved' } : { issue };
      const { code, text } = await client.refusal(tool, args);
      expect(code).toBe('out_of_scope');
      expect(text).not.toMatch(foreign);
    }
    expect(sentry.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('an event of another is not read by way of an own issue', async () => {
    const { client, sentry } = await scoped();
    const events = sentry.world.state.errors.find(({ tags }) => tags.get('release') === 'planted@9');
    const { text } = await client.refusal('sentry_issue', { issue: 'MOVIE-SERVICE-1', event: events?.idOf(0) ?? '' });
    expect(text).not.toMatch(foreign);
  });

  it.each<[string, Record<string, unknown>]>([
    ['sentry_overview', {}],
    ['sentry_projects', {}],
    ['sentry_search_issues', { query: 'is:unresolved project:ticket-service' }],
    ['sentry_search_issues', { query: '' }],
    ['sentry_search_issues', { query: 'is:unresolved) OR (project:ticket-service' }],
    ['sentry_query', { fields: ['title', 'project', 'count()'] }],
    ['sentry_query', { fields: ['title', 'count()'], query: 'project:ticket-service OR level:fatal' }],
    ['sentry_query', { fields: ['count()', 'project'], series: true }],
    ['sentry_query', { dataset: 'spans', fields: ['transaction', 'count()'] }],
    ['sentry_root_cause', { issue: 'MOVIE-SERVICE-1' }],
    ['sentry_issue_events', { issue: 'MOVIE-SERVICE-1' }],
    ['sentry_performance', {}],
    ['sentry_performance', { by: 'project' }],
    ['sentry_release', {}],
    ['sentry_release', { version: 'planted@9' }],
    ['sentry_monitors', { state: 'all' }],
    ['sentry_alert_rules', {}],
    ['sentry_unacknowledged', {}],
    ['sentry_usage', {}],
    ['sentry_usage', { by: 'category' }],
    ['sentry_report', { period: 'day' }],
    ['sentry_trace', { trace: mixed }],
  ])('%s shows nothing of the others: %j', async (tool, args) => {
    const { client, sentry } = await scoped();
    const { content } = await client.call(tool, args);
    const told = (content as readonly { readonly text?: string }[]).map(({ text = '' }) => text).join('\n');
    // what was asked for may be said again
    const asked = Object.values(args).filter((said) => typeof said === 'string' && said !== '') as string[];
    const linked = asked.map((said) => pageOf('', [['said', said]]).replace('?said=', ''));
    const rest = [...asked, ...linked].reduce((text, said) => text.replaceAll(said, ''), told);
    expect(rest.match(foreign)?.[0]).toBeUndefined();
    // -1 is all of them: a probe asks so whether a route is there, and does not read the answer
    const ids = new Set(sentry.requests.flatMap(({ query }) => query.getAll('project')));
    const own = [projectIdOf(sentry, 'movie-service'), '-1'];
    expect([...ids].filter((id) => !own.includes(id))).toEqual([]);
  });

  it('a trace shows the times of others and no more, and is refused where all of it is theirs', async () => {
    const { client } = await scoped();
    const text = await client.ask('sentry_trace', { trace: mixed });
    expect(text).toContain('1 span outside scope: only times are shown');
    expect(text).toContain('GET /seats');
    expect(await client.refusal('sentry_trace', { trace: theirs })).toMatchObject({ code: 'out_of_scope' });
  });

  it('each change of an own project goes through', async () => {
    const { client, sentry } = await openBed({
      argv: ['--allow', 'write', '--confirm', 'never', '--project', 'movie-service'],
      env: { SENTRY_DSN: 'http://0123456789abcdef0123456789abcdef@127.0.0.1:1/1' },
      fill,
    });
    for (const [tool, args] of [
      ['sentry_triage_issues', { issues: ['MOVIE-SERVICE-1'], priority: 'low' }],
      ['sentry_start_seer', { issue: 'MOVIE-SERVICE-1' }],
      ['sentry_apply_alert_policy', { policy: smallPolicy }],
      ['sentry_check_ingest', { project: 'movie-service', wait: 5 }],
    ] as const) {
      expect((await client.call(tool, args)).isError, tool).not.toBe(true);
    }
    expect(sentry.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path.split('/').at(-2))).toEqual([
      'issues',
      'autofix',
      'workflows',
      'envelope',
      'issues',
    ]);
  });

  it('a project outside of it is refused by each tool that takes one', async () => {
    const { client, sentry } = await scoped();
    for (const [tool, args] of [
      ['sentry_overview', { projects: ['ticket-service'] }],
      ['sentry_query', { fields: ['count()'], projects: ['movie-service', 'ticket-service'] }],
      ['sentry_alert_rules', { project: 'ticket-service' }],
      ['sentry_usage', { projects: ['ticket-service'] }],
      ['sentry_apply_alert_policy', { policy: smallPolicy, projects: ['ticket-service'] }],
    ] as const) {
      expect(await client.refusal(tool, args)).toMatchObject({ code: 'out_of_scope' });
    }
    expect((await client.refusal('sentry_check_ingest', { project: 'ticket-service' })).code).toMatch(
      /^(out_of_scope|not_configured|invalid_input)$/,
    );
    expect(sentry.envelopes).toEqual([]);
  });

  it('an empty list of projects is refused by each tool that takes one, and nothing is asked', async () => {
    const { client, sentry } = await scoped();
    for (const [tool, args] of [
      ['sentry_overview', {}],
      ['sentry_search_issues', { query: '' }],
      ['sentry_query', { fields: ['title', 'count()'] }],
      ['sentry_usage', {}],
      ['sentry_report', { period: 'day' }],
      ['sentry_apply_alert_policy', { policy: smallPolicy }],
    ] as const) {
      const { code, text } = await client.refusal(tool, { ...args, projects: [] });
      expect([tool, code]).toEqual([tool, 'invalid_input']);
      expect(text).toContain('projects');
    }
    expect(sentry.requests).toEqual([]);
  });

  it('a policy reaches the monitors of its projects alone', async () => {
    const { client, sentry } = await openBed({
      argv: ['--allow', 'write', '--confirm', 'never', '--project', 'movie-service'],
      fill,
    });
    await client.ask('sentry_apply_alert_policy', { policy: smallPolicy });
    const own = sentry.world.state.detectors
      .filter(({ body }) => String(body['projectId']) === projectIdOf(sentry, 'movie-service'))
      .map(({ body }) => String(body['id']));
    const written = sentry.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(written).toHaveLength(1);
    const { detectorIds } = written[0] as { readonly detectorIds: readonly unknown[] };
    expect(detectorIds.length).toBeGreaterThan(0);
    expect(detectorIds.filter((id) => !own.includes(String(id)))).toEqual([]);
  });
});
