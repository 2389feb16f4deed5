import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './run-command.ts';

interface Report {
  readonly verdict: string;
  readonly steps: readonly {
    readonly id: string;
    readonly status: string;
    readonly verdict?: string;
    readonly error?: { readonly code: string; readonly message: string };
    readonly plan?: { readonly confirm?: string };
    readonly result?: unknown;
    readonly items?: readonly { readonly result?: unknown }[];
  }[];
}

async function withRunbook(steps: string, use: (desk: Desk) => Promise<void>): Promise<void> {
  await using desk = await openDesk(`title: Box office\n${steps}`);
  await use(desk);
  expect(await desk.serversAlive()).toEqual([]);
}

async function json(
  desk: Desk,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly report: Report }> {
  const { code, stderr, stdout } = await desk.run('morning.yaml', '--json', ...args);
  expect(stdout, stderr).toMatch(/^\{/);
  return { code, report: JSON.parse(stdout) as Report };
}

const stepOf = ({ steps }: Report, id: string): Report['steps'][number] => {
  const found = steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
};

const morning = `
inputs:
  state: { default: critical }
steps:
  - { id: overview, server: desk, tool: desk_overview, input: { state: '\${{ inputs.state }}' } }
  - { id: desks, server: desk, tool: desk_list, input: { count: 2 } }
  - id: look
    server: desk
    tool: desk_look
    foreach: \${{ steps.desks.desks }}
    input: { desk: '\${{ item.name }}' }
  - id: worst
    server: desk
    tool: desk_look
    when: steps.overview.verdict == 'critical' and length(steps.overview.findings) > 1
    input: { desk: '\${{ steps.overview.findings[0].object }}' }
  - { id: weather, server: weather, tool: weather }
`;

describe('a run over servers of both revisions', () => {
  it('passes results on, goes through lists, keeps text where there is only text, and ends by its verdict', () =>
    withRunbook(morning, async (desk) => {
      const { code, report } = await json(desk);
      expect(code).toBe(11);
      expect(report.verdict).toBe('critical');
      expect(report.steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'overview ok',
        'desks ok',
        'look ok',
        'worst ok',
        'weather ok',
      ]);
      expect(stepOf(report, 'look').items?.map((item) => item.result)).toEqual([
        { desk: 'desk-1', said: 'いらっしゃいませ desk-1' },
        { desk: 'desk-2', said: 'いらっしゃいませ desk-2' },
      ]);
      expect(stepOf(report, 'worst').result).toEqual({ desk: '第1窓口', said: 'いらっしゃいませ 第1窓口' });
      expect(stepOf(report, 'weather').result).toEqual({ text: '東京は晴れ、最高気温 12 度。' });
    }));

  it.each([
    ['ok', 'critical', 0],
    ['warning', 'critical', 0],
    ['warning', 'warning', 10],
    ['unknown', 'warning', 10],
    ['critical', 'warning', 11],
  ])('%s with --fail-on %s ends with %i', (state, failOn, expected) =>
    withRunbook(morning, async (desk) => {
      const { code, report } = await json(desk, '--input', `state=${state}`, '--fail-on', failOn);
      expect(report.verdict).toBe(state);
      expect(stepOf(report, 'worst').status).toBe(state === 'critical' ? 'ok' : 'skipped');
      expect(code).toBe(expected);
    }),
  );

  it('writes the report in Japanese, verdict first, to a file that is replaced as a whole', () =>
    withRunbook(morning, async (desk) => {
      await desk.write('report.md', 'of yesterday');
      const { code, stdout } = await desk.run('run', 'morning.yaml', '--lang', 'ja', '--out', 'report.md', '--quiet');
      const report = await readFile(join(desk.folder, 'report.md'), 'utf8');
      expect(code).toBe(11);
      expect(stdout).toBe('');
      expect(report).toMatch(/^# Box office\n\n.*重大/);
      expect(report).toContain('第1窓口');
      expect(report).toContain('mcp-desk');
      expect(report).toContain('3.2.1');
    }));

  it('gives a server that ends at any request before initialize a second start in its own tongue', () =>
    withRunbook('steps: [{ id: w, server: dies, tool: weather }]', async (desk) => {
      const { code, report } = await json(desk);
      expect(stepOf(report, 'w')).toMatchObject({ status: 'ok', result: { text: '東京は晴れ、最高気温 12 度。' } });
      expect(code).toBe(0);
    }));
});

describe('what goes wrong', () => {
  it('goes on without a server that is killed in the middle of a call, and says so', () =>
    withRunbook(
      `steps:
        - { id: die, server: desk, tool: desk_die }
        - { id: after, server: desk, tool: desk_list, needs: [die] }
        - { id: weather, server: weather, tool: weather }`,
      async (desk) => {
        const { code, report } = await json(desk);
        expect(code).toBe(1);
        expect(report.verdict).toBe('unknown');
        expect(stepOf(report, 'die')).toMatchObject({ status: 'failed', error: { code: 'server_ended' } });
        expect(stepOf(report, 'after').status).toBe('blocked');
        expect(stepOf(report, 'weather').status).toBe('ok');
      },
    ));

  it('stops waiting for an answer after the timeout of the step', () =>
    withRunbook('steps: [{ id: hang, server: desk, tool: desk_hang, timeout: 1 }]', async (desk) => {
      const { code, report } = await json(desk);
      expect(code).toBe(1);
      expect(stepOf(report, 'hang')).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    }));

  it('begins nothing more after a step with onError: stop has failed', () =>
    withRunbook(
      `steps:
        - { id: first, server: desk, tool: desk_die, onError: stop }
        - { id: list, server: weather, tool: weather, when: "default(steps.first, true)" }
        - { id: last, server: weather, tool: weather, needs: [list] }`,
      async (desk) => {
        const { report } = await json(desk);
        expect(report.steps.map((step) => step.status)).toEqual(['failed', 'blocked', 'blocked']);
      },
    ));

  it.each([
    ['broken', 'the settings file is missing'],
    ['mute', '1 s'],
    ['absent', 'ENOENT'],
  ])('reports all the rest when the server %s cannot be started, and ends with 5', (server, why) =>
    withRunbook(
      `steps:
        - { id: lost, server: ${server}, tool: weather }
        - { id: weather, server: weather, tool: weather }`,
      async (desk) => {
        const { code, stderr, stdout } = await desk.run('morning.yaml', '--json', '--start-timeout', '1s');
        const report = JSON.parse(stdout) as Report;
        expect(code).toBe(5);
        expect(report.verdict).toBe('unknown');
        expect(stepOf(report, 'lost').status).toBe('failed');
        expect(stdout + stderr).toContain(why);
        expect(stepOf(report, 'weather').status).toBe('ok');
      },
    ),
  );

  it('bounds what a server floods it with', () =>
    withRunbook('steps: [{ id: flood, server: weather, tool: flood }]', async (desk) => {
      const { stdout } = await desk.run('morning.yaml');
      expect(stdout.length).toBeLessThan(100_000);
      expect(stdout).toContain('あああ');
    }));

  it('asks about the first fifty items of a list and says that there were more', () =>
    withRunbook(
      `steps:
        - { id: desks, server: desk, tool: desk_list, input: { count: 60 } }
        - { id: look, server: desk, tool: desk_look, foreach: steps.desks.desks, input: { desk: '\${{ item.name }}' } }`,
      async (desk) => {
        const { code, stdout } = await desk.run('morning.yaml', '--concurrency', '8');
        expect(code).toBe(0);
        expect(stdout).toContain('desk-50');
        expect(stdout).not.toContain('いらっしゃいませ desk-51');
        expect(stdout).toMatch(/50.*60|10 (more|further)/);
      },
    ));

  it('leaves hostile text no way out of its cell or fence', () =>
    withRunbook('steps: [{ id: hostile, server: weather, tool: hostile }]', async (desk) => {
      const { code, stdout } = await desk.run('morning.yaml');
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      const outside = stdout.replaceAll(/^(`{3,}).*\n(?:(?!\1).*\n)*?\1$/gm, '');
      expect(outside).not.toMatch(/^# Heading/m);
      expect(outside).not.toMatch(/(?<!\\)<script>/);
      expect(outside).not.toMatch(/(?<!\\)!\[\]\(/);
      const rows = outside.split('\n').filter((line) => line.startsWith('|') && line.includes('a \\| b'));
      expect(rows).toHaveLength(1);
    }));
});

describe('changes', () => {
  const change = `steps: [{ id: open, server: desk-writes, tool: desk_open, input: { desk: d } }]`;

  it('are refused before anything is called', () =>
    withRunbook(change, async (desk) => {
      const { code, stderr, stdout } = await desk.run('morning.yaml');
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('--allow-changes');
    }));

  it('end as planned with their code where nobody sits at a terminal', () =>
    withRunbook(change, async (desk) => {
      const { code, report } = await json(desk, '--allow-changes');
      expect(code).toBe(4);
      expect(stepOf(report, 'open')).toMatchObject({
        status: 'planned',
        plan: { confirm: expect.stringMatching(/^plan_/) },
      });
    }));

  it('of tools that make no plan are not called without a person', () =>
    withRunbook('steps: [{ id: f, server: weather, tool: forecast }]', async (desk) => {
      const { report } = await json(desk, '--allow-changes');
      expect(stepOf(report, 'f').status).toBe('planned');
      expect(stepOf(report, 'f').plan?.confirm).toBeUndefined();
    }));
});

describe('check', () => {
  it('starts the servers, calls nothing, and finds a right runbook right', () =>
    withRunbook(morning, async (desk) => {
      const { code, stderr, stdout } = await desk.run('check', 'morning.yaml');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('mcp-desk');
    }));

  it.each([
    ['steps: [{ id: a, server: desk, tool: desk_overviw }]', /desk_overview/],
    ['steps: [{ id: a, server: desk, tool: desk_overview, input: { stat: ok } }]', /state/],
    ['steps: [{ id: a, server: desk, tool: desk_overview, input: { state: fine } }]', /state/],
    ['steps: [{ id: a, server: desk, tool: desk_look }]', /desk/],
    ['steps: [{ id: a, server: desk-writes, tool: desk_open, input: { desk: d } }]', /--allow-changes/],
  ])('%s is refused', (steps, why) =>
    withRunbook(steps, async (desk) => {
      const { code, stderr } = await desk.run('check', 'morning.yaml');
      expect(stderr).toMatch(why);
      expect(code).toBe(2);
    }),
  );
});

describe('what is refused before a server starts', () => {
  it.each([
    ['stepz: []', [], /stepz/],
    ['steps: [{ id: a, server: nobody, tool: t }]', [], /nobody/],
    ['steps: [{ id: a, server: desk, tool: t, input: { x: "${{ steps.b.c }}" } }]', [], /morning\.yaml:2.*\bb\b/],
    [
      'steps: [{ id: a, server: desk, tool: t, needs: [b] }, { id: b, server: desk, tool: t, needs: [a] }]',
      [],
      /\ba\b.*\bb\b/,
    ],
    ['steps: [{ id: a, server: desk, tool: t, input: { confirm: "${{ inputs.x }}" } }]', [], /confirm.*person/],
    ['steps: [{ id: a, server: desk, tool: t, when: "${{ true }} and ${{ false }}" }]', [], /one expression/],
    [morning, ['--input', 'stat=ok'], /state/],
    [morning, ['--nonsense'], /--nonsense/],
    [morning, ['--fail-on', 'sometimes'], /critical/],
    [`steps: ${'['.repeat(20_000)}`, [], /deep|nest/],
  ])('%# ends with 2', async (steps, args, why) => {
    await using desk = await openDesk(`title: Box office\n${steps}`);
    const { code, stderr, stdout } = await desk.run('morning.yaml', ...args);
    expect(stderr).toMatch(why);
    expect([code, stdout]).toEqual([2, '']);
    await expect(desk.serversAlive()).rejects.toThrow('no server was started');
  });

  it('names the variable of a servers file that is not set', async () => {
    await using desk = await openDesk('title: T\nsteps: [{ id: a, server: s, tool: t }]');
    await desk.write('other.json', JSON.stringify({ mcpServers: { s: { command: '${NOT_SET_HERE}' } } }));
    const { code, stderr } = await desk.run('morning.yaml', '--servers', 'other.json');
    expect(stderr).toContain('NOT_SET_HERE');
    expect(code).toBe(2);
  });
});

describe('an end from outside', () => {
  const hanging = `steps:
    - { id: hang, server: desk, tool: desk_hang }
    - { id: old, server: wrapped, tool: weather }`;

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s cancels the calls and ends every server, also one behind a starter',
    (signal) =>
      withRunbook(hanging, async (desk) => {
        const running = desk.start('morning.yaml');
        await running.stderrHas(/hang/);
        running.child.kill(signal);
        expect((await running.ended).code).toBe(130);
      }),
  );

  it('by a second signal ends everything at once', () =>
    withRunbook(hanging, async (desk) => {
      const running = desk.start('morning.yaml');
      await running.stderrHas(/hang/);
      running.child.kill('SIGINT');
      await running.stderrHas(/interrupt|again/i);
      running.child.kill('SIGINT');
      expect((await running.ended).code).toBe(130);
    }));

  it('by kill -9 leaves servers that end with their input', async () => {
    await using desk = await openDesk('title: T\nsteps: [{ id: hang, server: desk, tool: desk_hang }]');
    const running = desk.start('morning.yaml');
    await running.stderrHas(/hang/);
    running.child.kill('SIGKILL');
    expect((await running.ended).code).toBeNull();
    await expect.poll(() => desk.serversAlive(), { timeout: 10_000 }).toEqual([]);
  });
});
