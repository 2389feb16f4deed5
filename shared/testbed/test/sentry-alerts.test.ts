import { describe, expect, test } from 'vitest';
import { ask, record, rows } from './sentry-client.ts';
import { doubles, hour, now } from './sentry-double.ts';

const start = doubles();

function policy(detector: string, integration: string): Record<string, unknown> {
  return {
    name: '[ops] L3',
    enabled: true,
    config: { frequency: 0 },
    environment: 'production',
    detectorIds: [Number(detector)],
    triggers: {
      logicType: 'any-short',
      conditions: [{ type: 'first_seen_event', comparison: true, conditionResult: true }],
      actions: [],
    },
    actionFilters: [
      {
        logicType: 'all',
        conditions: [{ type: 'issue_priority_greater_or_equal', comparison: 75, conditionResult: true }],
        actions: [
          {
            type: 'discord',
            integrationId: integration,
            data: {},
            config: { targetType: 'specific', targetIdentifier: '1', targetDisplay: 'war' },
            status: 'active',
          },
        ],
      },
    ],
  };
}

describe('workflows', () => {
  test('are made and replaced one by one; the server fills in ids', async () => {
    const double = await start();
    const { world } = double;
    const project = world.addProject('a');
    const { id: integration } = world.addIntegration({ provider: 'discord', name: 'ops' });
    const detectors = rows(await ask(double, 'detectors/?query=type:error'));
    expect(detectors).toMatchObject([{ projectId: project.id, type: 'error' }]);
    const body = policy(String(detectors[0]?.['id']), integration);
    const made = await ask(double, 'workflows/', { method: 'POST', body });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: '[ops] L3',
        detectorIds: [detectors[0]?.['id']],
        triggers: { conditions: [{ id: expect.any(String) as string }] },
      },
    });
    const id = String(record(made.body)['id']);
    const next = { ...body, config: { frequency: 60 } };
    expect((await ask(double, `workflows/${id}/`, { method: 'PUT', body: next })).body).toMatchObject({
      id,
      config: { frequency: 60 },
    });
    expect(rows(await ask(double, `workflows/?project=${project.id}`))).toHaveLength(1);
    expect(rows(await ask(double, 'detectors/?query=type:error'))).toMatchObject([{ workflowIds: [id] }]);
    expect(double.violations).toEqual([]);
    expect((await ask(double, 'workflows/', { method: 'PUT', body: { enabled: false } })).status).toBe(400);
    expect(double.violations).toEqual(['PUT on all workflows']);
  });

  test('with a wrong frequency, detector or integration are refused', async () => {
    const double = await start();
    double.world.addProject('a');
    const [detector] = rows(await ask(double, 'detectors/?query=type:error'));
    const body = policy(String(detector?.['id']), '999');
    expect((await ask(double, 'workflows/', { method: 'POST', body })).status).toBe(400);
    const odd = { ...body, actionFilters: [], config: { frequency: 7 } };
    expect((await ask(double, 'workflows/', { method: 'POST', body: odd })).body).toHaveProperty('config');
    const lost = { ...body, actionFilters: [], detectorIds: [1] };
    expect((await ask(double, 'workflows/', { method: 'POST', body: lost })).body).toHaveProperty('detectorIds');
    expect(double.world.state.workflows).toEqual([]);
  });

  test('builders give what the document describes', async () => {
    const double = await start();
    const { world } = double;
    world.addWorkflow({ name: 'by hand', triggers: ['regression_event'], lastTriggered: now - hour });
    const { id } = world.addProject('a');
    expect(rows(await ask(double, `workflows/?project=${id}`))).toEqual([]);
    expect(rows(await ask(double, 'workflows/?project=-1'))).toHaveLength(1);
    world.addUptimeDetector('a', { url: 'https://cinema.example/' });
    world.addDetector('a', { type: 'metric_issue', enabled: false });
    world.addIntegration({ provider: 'slack', name: 'chat' });
    world.addRepository('cinecom/cinema');
    for (const path of ['workflows/', 'detectors/', 'integrations/', 'integrations/?providerKey=slack', 'repos/'])
      expect([path, rows(await ask(double, path)).length > 0]).toEqual([path, true]);
    expect(double.violations).toEqual([]);
  });
});

test('a self-hosted server of one kind has the old alerts and neither workflows nor Seer', async () => {
  const double = await start({ mode: 'self-hosted' });
  const { world } = double;
  world.addProjectRule('a', { name: 'mail the owners' });
  world.addMetricRule('a');
  expect(rows(await ask(double, '/api/0/projects/acme/a/rules/'))).toMatchObject([{ name: 'mail the owners' }]);
  expect(rows(await ask(double, 'alert-rules/'))).toHaveLength(1);
  expect(rows(await ask(double, 'combined-rules/')).map((each) => each['type'])).toEqual(['rule', 'alert_rule']);
  const issue = world.addIssue('a');
  for (const path of [
    'workflows/',
    'detectors/',
    `issues/${issue.id}/autofix/`,
    'project-keys/',
    'events-timeseries/?dataset=errors',
  ])
    expect([path, (await ask(double, path)).status]).toEqual([path, 404]);
  expect((await ask(double, 'events/?dataset=spans&field=count()')).status).toBe(400);
  world.addSpans('a', { count: 10, durationMs: 200, from: now - hour, to: now });
  const old = await ask(
    double,
    'events/?dataset=transactions&field=transaction&field=p95(transaction.duration)&statsPeriod=1h',
  );
  expect(record(old.body)['data']).toEqual([{ transaction: 'GET /', 'p95(transaction.duration)': 200 }]);
  expect(double.violations).toEqual([]);
});

describe('monitors', () => {
  test('show their last check-ins and whether they fail', async () => {
    const double = await start();
    const { world } = double;
    world.addMonitor('a', {
      slug: 'nightly',
      checkins: [{ at: now - 2 * hour }, { at: now - hour, status: 'missed', durationMs: null }],
      owner: '#ops',
    });
    world.addMonitor('a', { slug: 'fresh', schedule: [5, 'minute'], muted: true });
    const monitors = rows(await ask(double, 'monitors/'));
    expect(monitors).toMatchObject([
      {
        slug: 'nightly',
        environments: [{ status: 'missed_checkin', lastCheckIn: new Date(now - 2 * hour).toISOString() }],
      },
      { slug: 'fresh', isMuted: true, environments: [], config: { schedule_type: 'interval' } },
    ]);
    expect(rows(await ask(double, 'monitors/fresh/checkins/'))).toEqual([]);
    expect(rows(await ask(double, 'monitors/nightly/checkins/')).map((each) => each['status'])).toEqual([
      'missed',
      'ok',
    ]);
    expect((await ask(double, 'monitors/none/checkins/')).status).toBe(404);
    expect(double.violations).toEqual([]);
  });
});

describe('Seer', () => {
  test('runs from start to end by the clock and goes on from a run', async () => {
    const double = await start();
    const issue = double.world.addIssue('a');
    double.world.addEvents(issue);
    const path = `issues/${issue.id}/autofix/`;
    expect((await ask(double, path)).body).toEqual({ autofix: null });
    const started = await ask(double, path, {
      method: 'POST',
      body: { step: 'root_cause', stopping_point: 'root_cause' },
    });
    expect(started).toMatchObject({ status: 202, body: { run_id: expect.any(Number) as number } });
    expect((await ask(double, path)).body).toMatchObject({ autofix: { status: 'PROCESSING', steps: [] } });
    double.clock.advance(60_000);
    const done = await ask(double, `${path}?llmFormat=markdown`);
    expect(done.body).toMatchObject({
      autofix: { status: 'COMPLETED', steps: [{ key: 'root_cause_analysis' }] },
      formatted: { format: 'markdown' },
    });
    const run = record(started.body)['sentry_run_id'];
    const more = { step: 'solution', sentry_run_id: run };
    expect((await ask(double, path, { method: 'POST', body: more })).body).toMatchObject({ sentry_run_id: run });
    double.clock.advance(60_000);
    expect((await ask(double, path)).body).toMatchObject({ autofix: { steps: [{}, { key: 'solution' }] } });
    expect((await ask(double, path, { method: 'POST', body: { step: 'open_pr' } })).status).toBe(400);
    expect((await ask(double, path, { method: 'POST', body: { step: 'solution', run_id: 9 } })).status).toBe(404);
    double.world.seer.form = 'blocks';
    expect((await ask(double, path)).body).toMatchObject({
      autofix: {
        status: 'completed',
        blocks: [{ artifacts: [{ key: 'root_cause' }] }, { artifacts: [{ key: 'solution' }] }],
      },
    });
    double.world.seer.form = 'steps';
    double.world.setSeer(issue, { status: 'NEED_MORE_INFORMATION' });
    expect((await ask(double, path)).body).toMatchObject({ autofix: { status: 'NEED_MORE_INFORMATION' } });
    double.world.seer.refusal = { status: 403, detail: 'AI features are not enabled for this organization.' };
    expect((await ask(double, path)).status).toBe(403);
    expect(double.violations).toEqual([]);
  });
});
