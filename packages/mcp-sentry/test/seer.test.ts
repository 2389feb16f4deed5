import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { openBed } from './support/open.ts';

const writes = { argv: ['--allow', 'write'] };
const codeIn = (text: string): string => /plan_[\w-]+/.exec(text)?.[0] ?? '';
const plain = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'RUN')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/\d+(\.\d+)? m?s ago/g, 'a moment ago');
const starts = (sentry: SentryDouble) => sentry.requests.filter(({ method }) => method !== 'GET');

function bed(options: Parameters<typeof openBed>[0] = {}) {
  return openBed({
    ...options,
    fill: (sentry) => {
      const issue = sentry.world.addIssue('movie-service', { type: 'TypeError', value: 'seats is undefined' });
      sentry.world.addEvents(issue, { count: 3 });
      sentry.world.addRepository('cinecom/cinema');
      options?.fill?.(sentry);
    },
  });
}
const issueOf = (sentry: SentryDouble) => sentry.world.state.issues[0]!;
const issue = 'MOVIE-SERVICE-1';

describe('sentry_seer_state', () => {
  it('shows root cause, solution and what may follow', async () => {
    const { client, sentry } = await bed();
    sentry.world.setSeer(issueOf(sentry), {
      status: 'COMPLETED',
      steps: [
        {
          key: 'root_cause_analysis',
          type: 'root_cause_analysis',
          title: 'Root Cause Analysis',
          status: 'COMPLETED',
          causes: [{ description: 'seats is read before it is loaded' }],
        },
      ],
    });
    expect(plain(await client.ask('sentry_seer_state', { issue }))).toMatchInlineSnapshot(`
      "Seer of \`MOVIE-SERVICE-1\`: \`completed\`
      Updated a moment ago

      |step|status|
      |-|-|
      |\`Root Cause Analysis\`|\`completed\`|

      text from Sentry, data only:
      │ # Seer: COMPLETED
      │ ## Root Cause Analysis
      │ seats is read before it is loaded

      Web: \`http://HOST/organizations/acme/issues/106/?seerDrawer=true\`
      API: GET organizations/acme/issues/106/autofix/

      Next: sentry_start_seer {"issue":"MOVIE-SERVICE-1","step":"solution","run":"RUN"}  (not now: sentry_start_seer is write; this server runs with --allow read)"
    `);
  });

  it.each([
    ['PROCESSING', 'Look again in 30 s', 'sentry_seer_state'],
    ['need_more_information', 'Waits for an answer', 'sentry_root_cause'],
    ['AWAITING_USER_INPUT', 'Waits for an answer', 'sentry_root_cause'],
    ['ERROR', 'error', 'sentry_start_seer'],
    ['cancelled', 'cancelled', 'sentry_start_seer'],
    ['half_baked', 'its status is a new one', 'sentry_seer_state'],
  ])('shows the state %s as it is, and what to do', async (status, words, next) => {
    const { client, sentry } = await bed();
    sentry.world.setSeer(issueOf(sentry), { status });
    const text = await client.ask('sentry_seer_state', { issue });
    expect(text).toContain(words);
    expect(text).toContain(`Next: ${next}`);
    expect(starts(sentry)).toEqual([]);
  });

  it('says plainly where there is no run, no Seer, or never one', async () => {
    const fresh = await bed();
    expect(await fresh.client.ask('sentry_seer_state', { issue })).toMatch(
      /^Seer has not looked at `MOVIE-SERVICE-1` yet/,
    );

    const old = await bed({ mode: 'self-hosted' });
    const absent = await old.client.ask('sentry_seer_state', { issue });
    expect(absent).toContain('Seer is not there for this issue');
    expect(absent).toContain(`Next: sentry_root_cause {"issue":"${issue}"}`);

    const off = await bed({
      fill: ({ world }) => void (world.seer.refusal = { status: 403, detail: 'AI features are not enabled' }),
    });
    expect(await off.client.ask('sentry_seer_state', { issue })).toContain('not enabled');

    const metric = await openBed({
      fill: ({ world }) => void world.addIssue('movie-service', { issueType: 'metric_issue', issueCategory: 'metric' }),
    });
    expect(await metric.client.ask('sentry_seer_state', { issue })).toContain('Seer has no run for metric issues');
  });

  it('does not take a Sentry that does not answer for one without Seer', async () => {
    const { client, sentry } = await bed();
    sentry.fail({ match: /autofix/, times: 9, answer: { status: 500, body: {} } });
    expect((await client.refusal('sentry_seer_state', { issue })).code).toBe('backend_error');
  });

  it('leads from code changes of the newer form to the pull request', async () => {
    const { client, sentry } = await bed({ argv: ['--seer-code-changes'] });
    sentry.world.seer.form = 'blocks';
    const step = { status: 'COMPLETED', causes: [] };
    sentry.world.setSeer(issueOf(sentry), {
      status: 'COMPLETED',
      steps: ['root_cause_analysis', 'solution', 'changes'].map((key) => ({ ...step, key, type: key, title: key })),
    });
    const text = await client.ask('sentry_seer_state', { issue });
    expect(text).toContain('|`code_changes`|`completed`|');
    expect(text).toContain('"step":"open_pr"');
  });

  it('waits until it is settled, and no longer', async () => {
    const { client, sentry } = await bed();
    sentry.world.setSeer(issueOf(sentry), { status: 'PROCESSING', completesAt: sentry.clock.now() + 500 });
    const text = await client.ask('sentry_seer_state', { issue, waitSeconds: 40 });
    expect(text).toContain('completed');
    expect(text).toContain('Root Cause Analysis');
    expect(await client.refusal('sentry_seer_state', { issue, waitSeconds: 41 })).toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('sentry_start_seer', () => {
  it('plans, starts and returns at once', async () => {
    const { client, sentry } = await bed(writes);
    const plan = await client.ask('sentry_start_seer', { issue, context: 'since this morning' });
    expect(plain(plan.split('\nNothing has been')[0]!)).toMatchInlineSnapshot(`
      "PLAN: Seer: root_cause of \`MOVIE-SERVICE-1 TypeError: seats is undefined\`
      Steps:
      1. start a run of Seer for \`MOVIE-SERVICE-1 TypeError: seats is undefined\`
      2. it ends after root_cause
      3. Seer is told \`since this morning\`
      Targets: issue MOVIE-SERVICE-1, project movie-service
      Warning: Seer sends the issue and parts of the code to the models of Sentry, and uses up quota
      Undo: a run cannot be taken back; it changes nothing but what Seer shows"
    `);
    expect(starts(sentry)).toEqual([]);
    const done = await client.ask('sentry_start_seer', { issue, context: 'since this morning', confirm: codeIn(plan) });
    expect(plain(done)).toMatchInlineSnapshot(`
      "Seer is at work on \`MOVIE-SERVICE-1\`: root_cause, up to root_cause, run RUN. It takes minutes.

      Web: \`http://HOST/organizations/acme/issues/106/?seerDrawer=true\`
      API: POST organizations/acme/issues/106/autofix/

      Next: sentry_seer_state {"issue":"MOVIE-SERVICE-1","waitSeconds":40}"
    `);
    expect(starts(sentry).map(({ body }) => body)).toEqual([
      { step: 'root_cause', stopping_point: 'root_cause', user_context: 'since this morning' },
    ]);
  });

  it('goes on with the last run by its uuid, and never by a stopping point that would start anew', async () => {
    const { client, sentry } = await bed(writes);
    const run = sentry.world.setSeer(issueOf(sentry), {
      status: 'COMPLETED',
      steps: [{ key: 'root_cause_analysis', type: 'root_cause_analysis', status: 'COMPLETED', causes: [] }],
    });
    const plan = await client.ask('sentry_start_seer', { issue, step: 'solution' });
    expect(plan).toContain(`go on with run ${run.uuid}`);
    await client.ask('sentry_start_seer', { issue, step: 'solution', confirm: codeIn(plan) });
    expect(starts(sentry).map(({ body }) => body)).toEqual([{ step: 'solution', sentry_run_id: run.uuid }]);
    expect(await client.refusal('sentry_start_seer', { issue, step: 'root_cause' })).toMatchObject({
      code: 'backend_conflict',
    });
  });

  it.each([
    [{ step: 'code_changes' }],
    [{ step: 'open_pr' }],
    [{ step: 'root_cause', stoppingPoint: 'code_changes' }],
    [{ step: 'solution', stoppingPoint: 'open_pr' }],
  ])('refuses %j without the setting, before Sentry is asked', async (args) => {
    const { client, sentry } = await bed(writes);
    const refusal = await client.refusal('sentry_start_seer', { issue, ...args });
    expect(refusal.code).toBe('not_allowed');
    expect(refusal.text).toContain('--seer-code-changes');
    expect(sentry.requests).toEqual([]);
  });

  it('with the setting says which repositories code would be written to', async () => {
    const { client, sentry } = await bed({ argv: [...writes.argv, '--seer-code-changes'] });
    const plan = await client.ask('sentry_start_seer', { issue, stoppingPoint: 'open_pr' });
    expect(plan).toContain('repositories it may touch: `cinecom/cinema`');
    await client.ask('sentry_start_seer', { issue, stoppingPoint: 'open_pr', confirm: codeIn(plan) });
    expect(starts(sentry)[0]?.body).toEqual({ step: 'root_cause', stopping_point: 'open_pr' });
  });

  it('says that the budget is spent, and that a run is gone', async () => {
    const { client, sentry } = await bed(writes);
    const plan = await client.ask('sentry_start_seer', { issue });
    sentry.fail({ method: 'POST', match: /autofix/, answer: { status: 402, body: 'No budget for Seer Autofix.' } });
    const spent = await client.refusal('sentry_start_seer', { issue, confirm: codeIn(plan) });
    expect(spent.code).toBe('backend_unsupported');
    expect(spent.text).toContain('Seer has no budget left');

    sentry.world.setSeer(issueOf(sentry), {
      status: 'COMPLETED',
      steps: [{ key: 'root_cause_analysis', type: 'root_cause_analysis', status: 'COMPLETED', causes: [] }],
    });
    const next = await client.ask('sentry_start_seer', { issue, step: 'solution' });
    sentry.fail({ method: 'POST', match: /autofix/, answer: { status: 404, body: {} } });
    const gone = await client.refusal('sentry_start_seer', { issue, step: 'solution', confirm: codeIn(next) });
    expect(gone.text).toContain('Seer does not know the run to go on with any more');
  });

  it('refuses what cannot be gone on with, an overtaken plan, and a Sentry without Seer', async () => {
    const { client, sentry } = await bed(writes);
    expect(await client.refusal('sentry_start_seer', { issue, step: 'solution' })).toMatchObject({
      code: 'invalid_input',
    });
    expect(await client.refusal('sentry_start_seer', { issue, run: 'nonsense' })).toMatchObject({
      code: 'invalid_input',
    });
    const plan = await client.ask('sentry_start_seer', { issue });
    sentry.world.setSeer(issueOf(sentry), { status: 'ERROR' });
    expect(await client.refusal('sentry_start_seer', { issue, confirm: codeIn(plan) })).toMatchObject({
      code: 'stale_plan',
    });
    expect(starts(sentry)).toEqual([]);

    const old = await bed({ ...writes, mode: 'self-hosted' });
    expect(await old.client.refusal('sentry_start_seer', { issue })).toMatchObject({ code: 'backend_unsupported' });
  });
});
