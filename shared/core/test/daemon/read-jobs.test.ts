import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { nameOf, readJobs } from '../../src/daemon/read-jobs.ts';
import { defineServer } from '../../src/define/server.ts';
import { toolsFor } from '../../src/define/tool.ts';
import { settings } from '../../src/settings/setting.ts';
import { connect } from '../../src/testing/connect.ts';
import { tempState } from '../../src/testing/temp-state.ts';

const defineTool = toolsFor();
const shared = { title: 'Lamp', description: 'A lamp.', output: z.object({}), render: () => 'OK' };
const plan = async () => ({ summary: 'x', steps: ['x'], targets: [], warnings: [], undo: 'x', observed: 1 });
const tools = [
  defineTool({
    ...shared,
    name: 'lamp_read',
    risk: 'read',
    input: z.strictObject({ room: z.string().max(5).default('hall') }),
    handle: async () => ({}),
  }),
  defineTool({
    ...shared,
    name: 'lamp_switch',
    risk: 'write',
    input: z.strictObject({}),
    plan,
    apply: async () => ({}),
  }),
  defineTool({
    ...shared,
    name: 'lamp_smash',
    risk: 'destructive',
    input: z.strictObject({}),
    plan,
    apply: async () => ({}),
  }),
];
const lamp = defineServer({
  name: 'mcp-lamp',
  title: 'Lamp',
  version: '1.0.0',
  prefix: 'lamp_',
  instructions: 'A lamp.',
  settings: settings({}),
  connect: async () => ({ close: async () => undefined }),
  tools: async () => tools,
});

const job = { name: 'night', cron: '@daily', tool: 'lamp_read' };

async function problemsOf(jobs: readonly unknown[], ...argv: readonly string[]): Promise<readonly string[]> {
  await using state = await tempState();
  const file = join(state.dir, 'settings.json');
  await writeFile(file, JSON.stringify({ jobs }));
  await using connected = await connect(lamp, { era: 'modern', argv: ['--settings', file, ...argv], env: state.env });
  const { jobs: ready, problems } = await readJobs(connected.runtime);
  expect(ready.length).toBe(problems.length > 0 ? 0 : jobs.length);
  return problems.map((problem) => `${nameOf(problem)}: ${problem.text}`);
}

describe('the jobs of a settings file', () => {
  it('are ready when their tools are offered and take their input', async () => {
    const change = { ...job, name: 'on', tool: 'lamp_switch', confirm: 'never', zone: 'Asia/Tokyo' };
    expect(await problemsOf([job, change], '--allow', 'write')).toEqual([]);
  });

  it('are refused all at once, each with its name, its field, what is allowed and what to do', async () => {
    const wrong = [
      { ...job, name: 'far', tool: 'lamp_smash', confirm: 'never' },
      { ...job, name: 'near', tool: 'lamp_raed' },
      { ...job, name: 'denied', tool: 'lamp_switch', confirm: 'never' },
      { ...job, name: 'input', input: { rom: 'x', room: 'too long' } },
      { ...job, name: 'seldom', cron: '0 0 30 2 *' },
      { ...job, name: 'open', notify: [{ to: 'slack', url: 'http://hooks.example/hush' }] },
      { ...job, name: 'typo', notify: [{ to: 'mail', url: 'hooks.example/hush' }] },
      'nonsense',
    ];
    const found = await problemsOf(wrong, '--allow', 'write', '--deny-tools', 'lamp_switch');
    expect(found.join('\n')).toMatchInlineSnapshot(`
      "job far: tool: lamp_smash is destructive; this server runs with --allow write. An operator allows it with --allow destructive (MCP_ALLOW=destructive) and a restart.
      job near: tool: there is no lamp_raed. Did you mean lamp_read?
      job denied: tool: lamp_switch is denied by --deny-tools lamp_switch. An operator changes --deny-tools; it wins over --tools.
      job input: input: room: at most 5 characters; an unknown argument, did you mean room?. lamp_read takes: room.
      job seldom: cron: 0 0 30 2 * never comes again
      job open: notify.0.url: expected https://; http:// is for addresses of this machine
      job typo: notify.0.to: Invalid option: expected one of "discord"|"slack"|"webhook"
      job typo: notify.0.url: expected an https:// address
      job number 8: the job: Invalid input: expected object, received string"
    `);
    expect(found.join('\n')).not.toContain('hush');
  });

  it('cannot stand in for the person who has the one-time password', async () => {
    await using state = await tempState();
    const file = join(state.dir, 'settings.json');
    await writeFile(file, JSON.stringify({ jobs: [{ ...job, tool: 'lamp_smash', confirm: 'never' }] }));
    const env = { ...state.env, MCP_APPROVAL_TOTP: `alice:${'ABCDEFGHIJKLMNOP'.repeat(2)}` };
    const argv = ['--settings', file, '--allow', 'destructive'];
    await using connected = await connect(lamp, { era: 'modern', argv, env });
    const { problems } = await readJobs(connected.runtime);
    expect(problems.map(({ text }) => text)).toEqual([expect.stringContaining('MCP_APPROVAL_TOTP')]);
  });

  it('may be anything, and are told of rather than thrown over', async () => {
    await using state = await tempState();
    await using connected = await connect(lamp, { era: 'modern', env: state.env });
    const field = fc.oneof(fc.anything(), fc.constantFrom('night', '@daily', 'lamp_read', 'Asia/Tokyo', '* * * * *'));
    const entry = fc.oneof(
      fc.anything(),
      fc.record({ name: field, cron: field, zone: field, tool: field, input: field, notify: field, timeout: field }),
      fc.record({
        name: fc.constant('night'),
        cron: fc.string(),
        tool: fc.constant('lamp_read'),
        zone: fc.string(),
        notify: fc.array(fc.record({ to: fc.constant('slack'), url: fc.string() })),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 3 }), async (jobs) => {
        const core = { ...connected.runtime.core, jobs };
        const { jobs: ready, problems } = await readJobs({ ...connected.runtime, core });
        expect(ready.length === jobs.length || problems.length > 0).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
