import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SentryDouble } from '@cinecom/testbed';
import { describe, expect, it } from 'vitest';
import { openBed } from './support/open.ts';

const policy = `version: 1
prefix: "[ops]"
environment: production
targets:
  discord:
    ops: { integration: Cinecom, channel: "112233445566" }
levels:
  L1: { when: {}, frequency: 60, notify: [{ email: issue_owners }] }
  L3: { when: { priority: high, events: { value: 10, interval: 1h } }, frequency: 0, notify: [{ discord: ops }, { email: "team:7" }] }
`;
const writes = { argv: ['--allow', 'write'] };
const tool = 'sentry_apply_alert_policy';

function fill({ world }: SentryDouble): void {
  world.addProject('movie-service');
  world.addProject('booking');
  world.addIntegration({ provider: 'discord', name: 'Cinecom' });
  world.addWorkflow({ name: 'People wrote this', actionFilters: [{ logicType: 'all', conditions: [], actions: [] }] });
}

const codeIn = (text: string): string => /plan_[\w-]+/.exec(text)?.[0] ?? '';
const plain = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/alert \d+/g, 'alert N')
    .replaceAll(/until \S+Z/g, 'until TIME')
    .replaceAll(/plan_[\w-]+/g, 'CODE');
const bodies = (sentry: SentryDouble) => sentry.world.state.workflows.map(({ body }) => body);
const changing = (sentry: SentryDouble) => sentry.requests.filter(({ method }) => method !== 'GET');

describe('sentry_apply_alert_policy', () => {
  it('plans the difference, writes it, and is then done', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const foreign = JSON.stringify(bodies(sentry)[0]);
    const plan = await client.ask(tool, { policy });
    expect(plain(plan.split('\nNext:')[0]!)).toMatchInlineSnapshot(`
      "PLAN: 2 alerts to create, 0 alerts to update, 0 as the policy has them
      Steps:
      1. create \`[ops] L1\`: on \`a new issue or an archived issue that comes back or a regression\`; when \`every issue\`; notify \`email to issue owners, else active members\`; at most every 1 h; environment \`production\`; 2 monitors
      2. create \`[ops] L3\`: on \`a new issue or an archived issue that comes back or a regression\`; when \`priority high or more, and more than 10 events in 1 h\`; notify \`Discord Cinecom, channel 112233445566 and email to team 7\`; each time; environment \`production\`; 2 monitors
      Targets: alert [ops] L1, alert [ops] L3
      Undo: Apply the policy as it was before; alerts that are created can be switched off or deleted in Sentry
      Nothing has been changed yet. The code holds until TIME."
    `);
    const done = await client.ask(tool, { policy, confirm: codeIn(plan) });
    expect(plain(done)).toMatchInlineSnapshot(`
      "2 of 2 alerts written and read again as the policy has them

      |alert|change|applied|
      |-|-|-|
      |\`[ops] L1\`|create|yes|
      |\`[ops] L3\`|create|yes|

      Web: \`http://HOST/organizations/acme/issues/alerts/rules/\`
      API: POST and PUT organizations/acme/workflows/

      Next: sentry_alert_rules {}"
    `);

    const [, first, second] = bodies(sentry);
    expect(first).toMatchObject({
      name: '[ops] L1',
      environment: 'production',
      config: { frequency: 60 },
      enabled: true,
    });
    expect(second).toMatchObject({
      name: '[ops] L3',
      triggers: {
        logicType: 'any-short',
        conditions: [{ type: 'first_seen_event' }, { type: 'reappeared_event' }, { type: 'regression_event' }],
      },
      actionFilters: [
        {
          logicType: 'all',
          conditions: [
            { type: 'issue_priority_greater_or_equal', comparison: 75 },
            { type: 'event_frequency_count', comparison: { value: 10, interval: '1h' } },
          ],
          actions: [
            { type: 'discord', config: { targetType: 'specific', targetIdentifier: '112233445566' } },
            { type: 'email', config: { targetType: 'team', targetIdentifier: '7' } },
          ],
        },
      ],
    });
    expect(second?.['detectorIds']).toHaveLength(2);

    // applied twice: nothing to do, and nothing is written
    const before = changing(sentry).length;
    expect(await client.ask(tool, { policy })).toBe(
      'NOTHING TO DO: 0 alerts to create, 0 alerts to update, 2 as the policy has them',
    );
    expect(changing(sentry)).toHaveLength(before);
    expect(changing(sentry).map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(JSON.stringify(bodies(sentry)[0])).toBe(foreign);
  });

  it('finds its alerts among more than are read, and makes none a second time', async () => {
    const { client, sentry } = await openBed({
      ...writes,
      fill: (one) => {
        fill(one);
        for (let index = 0; index < 1005; index += 1) one.world.addWorkflow({ name: `By hand ${index}` });
      },
    });
    const plan = await client.ask(tool, { policy });
    expect(await client.ask(tool, { policy, confirm: codeIn(plan) })).toMatch(/^2 of 2 alerts written/);
    expect(await client.ask(tool, { policy })).toMatch(/^NOTHING TO DO: .* 2 as the policy has them$/);
    expect(bodies(sentry).filter(({ name }) => name === '[ops] L3')).toHaveLength(1);
  });

  it.each([
    ['alerts of its prefix', 'a prefix that few alerts have'],
    ['monitors', 'to fewer projects'],
  ])('plans nothing where there are more %s than are read', async (what, hint) => {
    const { client, sentry } = await openBed({
      ...writes,
      fill: (one) => {
        fill(one);
        for (let index = 0; index < 1005; index += 1) {
          if (what === 'monitors') one.world.addDetector('booking', { type: 'metric_issue' });
          else one.world.addWorkflow({ name: `[ops] ${index}` });
        }
      },
    });
    const refusal = await client.refusal(tool, { policy });
    expect(refusal.code).toBe('too_large');
    expect(refusal.text).toContain(hint);
    expect(changing(sentry)).toEqual([]);
  });

  it('updates one alert by its id, field by field, and names what is left over', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const first = await client.ask(tool, { policy });
    await client.ask(tool, { policy, confirm: codeIn(first) });
    sentry.world.addWorkflow({ name: '[ops] L9' });
    const others = JSON.stringify(bodies(sentry).filter(({ name }) => name !== '[ops] L1'));
    const changed = policy
      .replace('frequency: 60', 'frequency: 180')
      .replace('L1: { when: {}', 'L1: { when: { level: error }');
    const plan = await client.ask(tool, { policy: changed });
    expect(plain(plan.split('\nTargets:')[0]!)).toMatchInlineSnapshot(`
      "PLAN: 0 alerts to create, 1 alert to update, 1 as the policy has them; left over, delete by hand: \`[ops] L9\` (alert N)
      Steps:
      1. update \`[ops] L1\` (alert N): frequency \`at most every 1 h\` → \`at most every 3 h\`; conditions \`every issue\` → \`level error or more\`"
    `);
    await client.ask(tool, { policy: changed, confirm: codeIn(plan) });
    const id = bodies(sentry).find(({ name }) => name === '[ops] L1')?.['id'];
    const last = changing(sentry).at(-1);
    expect(last).toMatchObject({ method: 'PUT', path: `/api/0/organizations/acme/workflows/${String(id)}/` });
    expect(JSON.stringify(bodies(sentry).filter(({ name }) => name !== '[ops] L1'))).toBe(others);
    expect(await client.ask(tool, { policy: changed })).toContain('left over, delete by hand: `[ops] L9` (alert ');
    expect(sentry.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it('puts right what somebody switched off or joined otherwise in Sentry', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const first = await client.ask(tool, { policy });
    await client.ask(tool, { policy, confirm: codeIn(first) });
    interface Stored {
      readonly triggers: { logicType: string };
      readonly actionFilters: readonly { readonly actions: readonly { status: string }[] }[];
    }
    const [, one, other] = bodies(sentry) as unknown as readonly Stored[];
    one!.actionFilters[0]!.actions[0]!.status = 'disabled';
    other!.triggers.logicType = 'all';
    const plan = await client.ask(tool, { policy });
    expect(plan).toContain('0 alerts to create, 2 alerts to update');
    await client.ask(tool, { policy, confirm: codeIn(plan) });
    expect(await client.ask(tool, { policy })).toContain('2 as the policy has them');
    const [, mended, joined] = bodies(sentry) as unknown as readonly Stored[];
    expect(mended!.actionFilters[0]!.actions[0]!.status).toBe('active');
    expect(joined!.triggers.logicType).toBe('any-short');
  });

  it('refuses a plan that was overtaken', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const plan = await client.ask(tool, { policy });
    sentry.world.addWorkflow({ name: '[ops] L1' });
    const refusal = await client.refusal(tool, { policy, confirm: codeIn(plan) });
    expect(refusal.code).toBe('stale_plan');
    expect(refusal.text).toContain('update `[ops] L1`');
    expect(changing(sentry)).toEqual([]);
  });

  it('tells what is done where a later write fails, and goes on from there', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const plan = await client.ask(tool, { policy });
    const body = { config: ['frequency is not allowed'] };
    let seen = 0;
    sentry.mutate((answer) => {
      if (changing(sentry).length === 1 && seen === 0) {
        seen += 1;
        sentry.fail({ method: 'POST', match: /workflows/, answer: { status: 400, body } });
      }
      return answer;
    });
    const answer = await client.ask(tool, { policy, confirm: codeIn(plan) });
    expect(answer).toContain('1 of 2 alerts written');
    expect(answer).toMatch(/\[ops\] L3`\|create\|no\|`not there`/);
    expect(answer).toContain('frequency is not allowed');
    const rest = await client.ask(tool, { policy });
    expect(rest).toContain('1 alert to create, 0 alerts to update, 1 as the policy has them');
  });

  it('reads again where an answer is lost, instead of writing twice', async () => {
    const { client, sentry } = await openBed({ ...writes, fill });
    const one = policy.replace(/ {2}L3:.*\n/, '');
    const plan = await client.ask(tool, { policy: one });
    sentry.fail({ method: 'POST', match: /workflows/, answer: 'reset', after: true });
    const answer = await client.ask(tool, { policy: one, confirm: codeIn(plan) });
    expect(answer).toContain('1 of 1 alert written');
    expect(bodies(sentry).filter(({ name }) => name === '[ops] L1')).toHaveLength(1);
    expect(changing(sentry)).toHaveLength(1);
  });

  it('takes the policy of the file of the settings', async () => {
    const path = join(tmpdir(), `cinecom-policy-${process.pid}.yaml`);
    writeFileSync(path, policy);
    const { client } = await openBed({ argv: [...writes.argv, '--policy-file', path], fill });
    expect(await client.ask(tool)).toContain('2 alerts to create');
    const without = await openBed({ ...writes, fill });
    expect(await without.client.refusal(tool)).toMatchObject({ code: 'not_configured' });
  });

  it('refuses a wrong policy with place and next step', async () => {
    const { client } = await openBed({ ...writes, fill });
    const wrong = await client.refusal(tool, { policy: policy.replace('frequency: 60', 'frequency: 61') });
    expect(wrong.code).toBe('invalid_input');
    expect(wrong.text).toContain('levels.L1.frequency: expected 0, 5, 10, 30, 60, 180, 720, 1440');
    const unknown = await client.refusal(tool, {
      policy: policy.replace('integration: Cinecom', 'integration: Other'),
    });
    expect(unknown.text).toContain('there is no discord integration Other');
    expect(unknown.text).toContain('Cinecom (id ');
    expect(await client.refusal(tool, { policy, projects: ['nope'] })).toMatchObject({ code: 'invalid_input' });
  });

  it('warns of an environment that no project has', async () => {
    const { client } = await openBed({
      ...writes,
      fill: (sentry) => {
        fill(sentry);
        sentry.world.addProject('seats', { environments: ['production'] });
      },
    });
    expect(await client.ask(tool, { policy })).not.toContain('no project in scope has');
    expect(await client.ask(tool, { policy: policy.replace('production', 'prodution') })).toContain(
      'Warning: no project in scope has the environment `prodution (did you mean production?)`: nothing would set these alerts off',
    );
  });

  it('warns before it takes an alert from projects outside its scope', async () => {
    const { client } = await openBed({ ...writes, fill });
    const plan = await client.ask(tool, { policy });
    await client.ask(tool, { policy, confirm: codeIn(plan) });
    const narrow = await client.ask(tool, { policy, projects: ['booking'] });
    expect(narrow).toContain('would no longer watch projects outside the scope of this call');
  });

  it('writes for the projects of the settings alone, where they are listed', async () => {
    const { client, sentry } = await openBed({ argv: ['--allow', 'write', '--project', 'booking'], fill });
    const plan = await client.ask(tool, { policy });
    expect(plan).toContain('Targets: alert [ops] L1, alert [ops] L3, project booking');
    expect(await client.ask(tool, { policy, confirm: codeIn(plan) })).toMatch(/^2 of 2 alerts written/);
    const watched = changing(sentry).map(
      ({ body }) => (body as { readonly detectorIds: readonly number[] }).detectorIds,
    );
    expect(watched.map((ids) => ids.length)).toEqual([1, 1]);
    expect((await client.refusal(tool, { policy, projects: ['movie-service'] })).code).toBe('out_of_scope');
  });

  it('writes nothing to an older server, and fails with what to enter by hand', async () => {
    const { client, sentry } = await openBed({ ...writes, mode: 'self-hosted', fill });
    const { code, text } = await client.refusal(tool, {
      policy: policy.replace('L3: { ', 'L3: { projects: [booking], '),
    });
    expect(code).toBe('backend_unsupported');
    expect(text).toMatchInlineSnapshot(`
      "backend_unsupported (applied: no): this Sentry is an older server without alerts that can be written: nothing is written, and whether the policy is in force is not known
      Enter by hand, in the alert rules of each project:
      - \`[ops] L1\`: on \`a new issue or an archived issue that comes back or a regression\`; when \`every issue\`; notify \`email to issue owners, else active members\`; at most every 1 h; environment \`production\`
      - \`[ops] L3\`: on \`a new issue or an archived issue that comes back or a regression\`; when \`priority high or more, and more than 10 events in 1 h\`; notify \`Discord Cinecom, channel 112233445566 and email to team 7\`; each time; environment \`production\`; in \`booking\` only"
    `);
    expect(changing(sentry)).toEqual([]);
  });

  it('is not there without leave to write', async () => {
    const { client } = await openBed({ fill });
    expect(await client.refusal(tool, { policy })).toMatchObject({ code: 'not_allowed' });
  });
});
