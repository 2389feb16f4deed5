import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { type SentryDouble, startSentry } from '@cinecom/testbed';
import { expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';
import { smallPolicy } from './support/inputs.ts';

const trace = 'c'.repeat(32);
const minute = 60_000;

/** Everything that an event should not have, at each place that people put it; all recognisable by a number. */
function plant({ world, clock }: SentryDouble): void {
  const now = clock.now();
  // so long that a cut through the middle would leave a part that no pattern knows
  const long = (secret: string, before = 285) => `${'x'.repeat(before - 1)} ${secret}`;
  world.addProject('movie-service', { environments: ['production'] });
  const issue = world.addIssue('movie-service', {
    title: 'Error: login of planted-01@example.com from 203.0.113.101 failed',
    type: 'Error',
    value: long('password=planted-02-secret-value-that-is-long'),
    culprit: 'https://shop.example.com/?mail=planted-03@example.com',
    level: 'error',
    priority: 'high',
    substatus: 'new',
    isUnhandled: true,
    firstSeen: now - 20 * minute,
  });
  const event = {
    user: {
      id: 'planted-27',
      email: 'planted-04@example.com',
      ip_address: '203.0.113.105',
      username: 'planted-05@example.com',
    },
    request: {
      method: 'GET',
      url: 'https://u:planted-06-secret@shop.example.com/a?token=planted-07-secret-value',
      cookies: [['session', 'planted-08-cookie-value']],
      headers: [
        ['Authorization', 'Bearer planted-09-secret-value'],
        ['Cookie', 'sid=planted-10-cookie-value'],
      ],
      env: { REMOTE_ADDR: '203.0.113.111' },
      data: { password: 'planted-12-secret' },
    },
    contexts: { custom: { authorization: 'Bearer planted-13-secret-value' } },
    breadcrumbs: [
      { category: 'http', message: long('Authorization: Bearer planted-14-secret-value') },
      { category: 'auth', message: 'planted-15@example.com signed in from 203.0.113.116' },
      {
        category: 'fetch',
        data: { method: 'GET', url: 'https://a.example.com/?api_key=planted-17-secret-value', status_code: 500 },
      },
      {
        category: 'sentry',
        message:
          'init https://0123456789abcdef0123456789abcdef:planted18planted18planted18planted@o1.ingest.sentry.io/5',
      },
    ],
    tags: {
      user: 'email:planted-19@example.com',
      'user.ip': '203.0.113.120',
      'user.username': 'planted-28',
      distinct_id: 'planted-29@example.com',
      authorization: 'Bearer planted-21-secret-value',
      url: 'https://shop.example.com/?mail=planted-22@example.com',
    },
    exceptions: [
      {
        type: 'Error',
        value: long('Cookie: session=planted-23-cookie-value; theme=dark'),
        frames: [
          {
            filename: 'src/login.ts',
            function: 'login',
            lineNo: 7,
            inApp: true,
            context: [[7, "const password = 'planted-24-secret-value';"] as const],
          },
        ],
      },
    ],
  };
  world.addEvents(issue, {
    count: 12,
    from: now - 15 * minute,
    to: now,
    traceId: trace,
    environment: 'production',
    ...event,
  });
  world.addTrace({
    project: 'movie-service',
    traceId: trace,
    op: 'http.server',
    description: 'GET /?mail=planted-25@example.com',
    durationMs: 900,
    errors: [issue],
  });
}

it('leaves by no answer, log or audit record', async () => {
  const sentry = await startSentry();
  const state = await tempState();
  onTestFinished(async () => {
    await state.remove();
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  plant(sentry);
  const issue = 'MOVIE-SERVICE-1';
  const answers: string[] = [];
  {
    const dsn = sentry.dsn('movie-service').replace('@', ':planted26planted26planted26planted@');
    const argv = ['--allow', 'write', '--confirm', 'code', '--dsn', dsn];
    await using client = await openBinary(sentry, { state, argv });
    for (const [tool, args] of [
      ['sentry_overview', {}],
      ['sentry_search_issues', {}],
      ['sentry_issue', { issue }],
      ['sentry_issue', { issue, event: 'latest' }],
      ['sentry_issue_events', { issue, by: ['user', 'user.ip', 'authorization', 'url'] }],
      ['sentry_issue_events', { issue, by: ['user.username', 'distinct_id', 'release'] }],
      ['sentry_root_cause', { issue }],
      ['sentry_query', { fields: ['title', 'message', 'user', 'user.ip', 'authorization', 'count()'] }],
      ['sentry_query', { fields: ['user.id', 'user.username', 'tags[user.username]', 'distinct_id', 'count()'] }],
      ['sentry_query', { fields: ['count()', 'user', 'authorization'], series: true }],
      ['sentry_trace', { trace }],
      ['sentry_release', {}],
      ['sentry_unacknowledged', {}],
      ['sentry_report', {}],
      ['sentry_usage', {}],
      ['sentry_start_seer', { issue }],
      ['sentry_triage_issues', { issues: [issue], status: 'resolved' }],
      ['sentry_apply_alert_policy', { policy: smallPolicy }],
      ['sentry_check_ingest', { wait: 5 }],
    ] as const) {
      answers.push(`${tool} ${JSON.stringify(await client.call(tool, args))}`);
    }
    answers.push(client.server.stderr());
  }
  for (const path of await readdir(state.dir, { recursive: true, withFileTypes: true })) {
    if (path.isFile()) answers.push(await readFile(join(path.parentPath, path.name), 'utf8'));
  }
  const leaks = answers.flatMap((text) =>
    (text.match(/planted-?\d\d|planted|203\.0\.113\.\d+/g) ?? []).map((found) => `${text.slice(0, 40)}: ${found}`),
  );
  expect([...new Set(leaks)]).toEqual([]);
  // what was planted was there to be read
  expect(answers.find((text) => text.startsWith('sentry_issue '))).toContain('src/login.ts');
  expect(answers.join('\n')).toContain('REDACTED');
});
