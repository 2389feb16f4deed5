import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { openBed } from './support/open.ts';

const id = 'd'.repeat(32);

function fill({ world, clock }: SentryDouble): void {
  for (const slug of ['web', 'movie-service', 'hr']) world.addProject(slug);
  const upstream = world.addIssue('movie-service', { type: 'TimeoutError', value: 'seats did not answer' });
  const ours = world.addIssue('web', { type: 'HTTPError', value: '502 from movie-service' });
  world.addTrace({
    project: 'web',
    traceId: id,
    start: clock.now() - 60_000,
    transaction: 'GET /movies',
    durationMs: 2000,
    status: 'internal_error',
    errors: [ours],
    children: [
      {
        project: 'movie-service',
        op: 'http.server',
        description: 'GET /seats',
        offsetMs: 100,
        durationMs: 1500,
        errors: [upstream],
        children: [{ project: 'hr', op: 'db', description: 'SELECT salary', offsetMs: 200, durationMs: 300 }],
      },
      { project: 'web', op: 'template', description: 'render', offsetMs: 1650, durationMs: 50, orphan: true },
    ],
  });
}

describe('sentry_trace', () => {
  it('shows what failed first and where the time went', async () => {
    const { client } = await openBed({ fill });
    const text = await client.ask('sentry_trace', { trace: id });
    expect(text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(/from \S+Z/g, 'from TIME')).toMatchInlineSnapshot(`
      "2 errors in a trace of 2 s from TIME: 4 spans, 3 projects

      Errors in order:
      |after|project|issue|title|
      |-|-|-|-|
      |1.6 s|\`movie-service\`|\`MOVIE-SERVICE-1\`|\`TimeoutError: seats did not answer\`|
      |2 s|\`web\`|\`WEB-1\`|\`HTTPError: 502 from movie-service\`|

      Self time:
      |project|self|share|spans|
      |-|-|-|-|
      |\`movie-service\`|1.2 s|58.5 %|1|
      |\`web\`|550 ms|26.8 %|2|
      |\`hr\`|300 ms|14.6 %|1|

      Critical path and failing spans:
      |depth|span|project|start|length|self|path|errors|
      |-|-|-|-|-|-|-|-|
      |0|\`http.server GET /movies\`|\`web\`|0 ms|2 s|500 ms|500 ms|1|
      |1|\`http.server GET /seats\`|\`movie-service\`|100 ms|1.5 s|1.2 s|1.2 s|1|
      |2|\`db SELECT salary\`|\`hr\`|200 ms|300 ms|300 ms|300 ms||
      |0|\`template render\`|\`web\`|1.65 s|50 ms|50 ms|||

      Gaps:
      |project|within|start|length|
      |-|-|-|-|
      |\`movie-service\`|\`http.server GET /seats\`|500 ms|1.1 s|
      |\`web\`|\`http.server GET /movies\`|1.6 s|400 ms|
      |\`web\`|\`http.server GET /movies\`|0 ms|100 ms|
      |\`movie-service\`|\`http.server GET /seats\`|100 ms|100 ms|

      Gap: at least 100 ms within a span that has children, in which none of them runs; 4 found.
      1 orphan span: the parent is not in the trace, so a service in between sends nothing or was sampled out.

      Web: \`http://HOST/organizations/acme/traces/trace/dddddddddddddddddddddddddddddddd/\`
      API: GET organizations/acme/trace/dddddddddddddddddddddddddddddddd/

      Next: sentry_root_cause {"issue":"MOVIE-SERVICE-1"}"
    `);
  });

  it('takes the id in capitals and with dashes', async () => {
    const { client } = await openBed({ fill });
    const dashed = 'DDDDDDDD-DDDD-DDDD-DDDD-DDDDDDDDDDDD';
    expect(await client.ask('sentry_trace', { trace: dashed })).toContain('2 errors in a trace of 2 s');
  });

  it('shows times only of projects outside the scope, and refuses a trace that is wholly outside', async () => {
    const { client } = await openBed({ argv: ['--project', 'web', '--project', 'movie-service'], fill });
    const text = await client.ask('sentry_trace', { trace: id });
    expect(text).not.toContain('salary');
    expect(text).toContain('outside scope');
    expect(text).toContain('1 span outside scope: only times are shown.');

    const foreign = await openBed({
      argv: ['--project', 'web'],
      fill: (sentry) => {
        fill(sentry);
        sentry.world.addTrace({ project: 'hr', traceId: 'e'.repeat(32), durationMs: 10 });
      },
    });
    expect(await foreign.client.refusal('sentry_trace', { trace: 'e'.repeat(32) })).toMatchObject({
      code: 'out_of_scope',
    });
  });

  it('says what is wrong with an id, and that a trace is not there', async () => {
    const { client } = await openBed({ fill });
    expect(await client.refusal('sentry_trace', { trace: 'xyz' })).toMatchObject({ code: 'invalid_input' });
    expect(await client.refusal('sentry_trace', { trace: 'f'.repeat(32) })).toMatchObject({
      code: 'backend_not_found',
    });
  });
});
