import { describe, expect, it } from 'vitest';
import { openBed } from './support/open.ts';

const email = { type: 'email', config: { targetType: 'issue_owners' }, data: { fallthroughType: 'ActiveMembers' } };
const filter = (conditions: readonly object[] = [], actions: readonly object[] = [email]) => ({
  logicType: 'all',
  conditions,
  actions,
});

describe('sentry_alert_rules', () => {
  it('tells what is covered, what is not, and what does nothing', async () => {
    const { client } = await openBed({
      fill: ({ world, clock }) => {
        world.addProject('movie-service');
        world.addProject('booking');
        const [movie] = world.state.detectors.filter(({ body }) => body['type'] === 'error');
        world.addWorkflow({
          name: 'High to the owners',
          detectorIds: [String(movie!.body['id'])],
          actionFilters: [filter([{ type: 'issue_priority_greater_or_equal', comparison: 75 }])],
          lastTriggered: clock.now() - 2 * 3_600_000,
        });
        world.addWorkflow({
          name: 'Nobody',
          detectorIds: [String(movie!.body['id'])],
          actionFilters: [filter([], [])],
        });
        world.addWorkflow({
          name: 'Asleep',
          enabled: false,
          detectorIds: [String(movie!.body['id'])],
          actionFilters: [filter()],
        });
      },
    });
    const text = await client.ask('sentry_alert_rules');
    expect(text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(/alert \d+/g, 'alert N')).toMatchInlineSnapshot(`
      "WARNING: a new severe issue is heard of in 1 of 2 projects; 3 alerts
      Window: now

      |severity|id|object|evidence vs threshold|fix|
      |-|-|-|-|-|
      |warning|project_without_high_alert|\`booking\`|\`0 alerts, 0 of them set off by a new issue of high priority\` vs at least 1 that is on and notifies somebody|Add a level with when: { priority: high } to the alert policy|
      |warning|alert_without_action|\`Nobody\`|\`alert N has 0 actions\` vs at least 1 action|Give it somebody to notify: nobody hears it|
      |info|alert_disabled|\`Asleep\`|\`alert N is off\` vs on|Turn it on, or delete it by hand if it is not needed|

      Not examined: whether notices arrive (Sentry does not tell what mail, chat and pagers made of them)

      alerts and monitors:
      |alert|projects|state|environment|on|when|notifies|howOften|lastTriggered|
      |-|-|-|-|-|-|-|-|-|
      |\`High to the owners\`|\`movie-service\`|on|\`all\`|\`a new issue\`|\`priority high or more\`|\`email to issue owners, else active members\`|at most every 30 min|2 h ago|
      |\`Nobody\`|\`movie-service\`|on|\`all\`|\`a new issue\`|\`every issue\`|\`nobody\`|at most every 30 min|never|
      |\`Asleep\`|\`movie-service\`|off|\`all\`|\`a new issue\`|\`every issue\`|\`email to issue owners, else active members\`|at most every 30 min|never|

      Web: \`http://HOST/organizations/acme/issues/alerts/rules/\`
      API: GET organizations/acme/workflows/ and detectors/

      Next: sentry_unacknowledged {}"
    `);
  });

  it('reads the rules of an older server, and says what it cannot tell', async () => {
    const { client } = await openBed({
      mode: 'self-hosted',
      fill: ({ world }) => {
        world.addProject('movie-service');
        world.addProject('booking');
        world.addProjectRule('movie-service', { name: 'Mail us' });
        world.addProjectRule('booking', { name: 'Mute', actions: [] });
        world.addMetricRule('booking', { name: 'Many errors' });
      },
    });
    const text = await client.ask('sentry_alert_rules');
    expect(text).toContain('WARNING: a new severe issue is heard of in 1 of 2 projects; 3 alerts');
    expect(text).toContain('rules by project, as older servers have them');
    expect(text).toContain('filters of rules (this older server tells them as sentences');
    expect(text).toMatch(/alert_without_action\|`booking: Mute`/);
    expect(text).not.toContain('sentry_apply_alert_policy');
  });

  it('does not say ok where it may not look', async () => {
    const { client } = await openBed({
      fill: (sentry) => {
        sentry.world.addProject('movie-service');
        sentry.fail({ match: /workflows/, times: 9, answer: { status: 403, body: { detail: 'no permission' } } });
      },
    });
    const report = await client.data<{ verdict: string; notExamined: { what: string; why: string }[] }>(
      'sentry_alert_rules',
    );
    expect(report.verdict).toBe('unknown');
    expect(report.notExamined.find(({ what }) => what === 'alerts')?.why).toContain('alerts:read');
  });

  it('stays within a page for fifty projects', async () => {
    const { client } = await openBed({
      fill: ({ world }) => {
        for (let index = 0; index < 50; index += 1) {
          world.addProject(`service-${index}`);
          world.addWorkflow({ name: `Alert ${index}`, triggers: ['first_seen_event', 'regression_event'] });
        }
      },
    });
    const text = await client.ask('sentry_alert_rules');
    expect(text.length).toBeLessThanOrEqual(8000);
    expect(text).toContain('in 0 of 50 projects; 50 alerts');
    expect(text).toContain('`50 projects with 0 alerts, 0 of them set off by a new issue of high priority`');
    expect(text).toContain('12 of 50 shown: cursor');
    expect(text).toContain('API: GET organizations/acme/workflows/');
  });

  it('counts an alert in the environments that a project has, once however many projects it watches', async () => {
    const { client, sentry } = await openBed({
      fill: ({ world }) => {
        for (let index = 0; index < 6; index += 1) {
          world.addProject(`cinecom-${index}`, { environments: index === 0 ? ['production'] : ['staging'] });
        }
        world.addWorkflow({
          name: 'Production only',
          environment: 'production',
          detectorIds: world.state.detectors.map(({ body }) => String(body['id'])),
          actionFilters: [filter()],
        });
      },
    });
    const text = await client.ask('sentry_alert_rules');
    expect(text).toContain('WARNING: a new severe issue is heard of in 1 of 6 projects; 1 alert\n');
    expect(await client.ask('sentry_alert_rules', { project: 'cinecom-3' })).toContain(
      '`1 alert, 0 of them set off by a new issue of high priority in staging`',
    );
    const production = await client.ask('sentry_alert_rules', { environment: 'production' });
    expect(production).toContain('OK: a new severe issue is heard of in 1 of 1 project; 1 alert');
    expect(production).toContain('cinecom-5 (no environment production there)');
    const asked = sentry.requests.length;
    const unknown = await client.refusal('sentry_alert_rules', { environment: 'prodd' });
    expect(unknown.code).toBe('invalid_input');
    expect(unknown.text).toContain('no project in scope has the environment prodd');
    expect(unknown.text).toContain('There are: production, staging');
    expect(sentry.requests).toHaveLength(asked);
  });

  it('says that the environments are not known where Sentry tells none', async () => {
    const { client } = await openBed({
      fill: ({ world }) => {
        world.addProject('movie-service');
        world.addWorkflow({
          environment: 'production',
          detectorIds: world.state.detectors.map(({ body }) => String(body['id'])),
          actionFilters: [filter()],
        });
      },
    });
    expect(await client.ask('sentry_alert_rules')).toContain(
      'environments of 1 project (Sentry tells none: an alert of any environment counts)',
    );
    const asked = await client.ask('sentry_alert_rules', { environment: 'production' });
    expect(asked).not.toContain('environments of 1 project');
  });

  it('finds nothing missing in a list that is cut, and does not say ok', async () => {
    const { client } = await openBed({
      fill: ({ world }) => {
        world.addProject('movie-service');
        for (let index = 0; index < 1005; index += 1) world.addWorkflow({ name: `By hand ${index}` });
      },
    });
    const text = await client.ask('sentry_alert_rules');
    expect(text).toContain('heard of in at least 0 of 1 project; at least 1,000 alerts');
    expect(text).toContain('alerts after the first 1000 (more are not read: name a project)');
    expect(text).not.toContain('project_without_high_alert');
  });

  it('leads to the policy where the settings have one', async () => {
    const { client } = await openBed({
      argv: ['--policy-file', '/etc/cinecom/alert-policy.yaml'],
      fill: ({ world }) => void world.addProject('movie-service'),
    });
    expect(await client.ask('sentry_alert_rules')).toContain('Next: sentry_apply_alert_policy {}');
  });

  it('looks at one project, and refuses one that is not there', async () => {
    const { client } = await openBed({ fill: ({ world }) => void world.addProject('movie-service') });
    expect(await client.ask('sentry_alert_rules', { project: 'movie-service' })).toContain('in 0 of 1 project;');
    expect(await client.refusal('sentry_alert_rules', { project: 'nope' })).toMatchObject({ code: 'invalid_input' });
  });
});
