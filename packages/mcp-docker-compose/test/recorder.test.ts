import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempState, type TempState } from '@cinecom/mcp-core/testing';
import { type ComposeProject, composeProject, type DockerServer, removeProject } from '@cinecom/testbed';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';
import { startDaemon } from './support/daemon.ts';
import { baseImage } from './support/project.ts';

const file = `
services:
  greedy:
    image: ${baseImage}
    command: ["sh", "-c", "sleep 0.5; tail /dev/zero"]
    deploy: { resources: { limits: { memory: 16M } } }
    memswap_limit: 16M
  crash:
    image: ${baseImage}
    command: ["sh", "-c", "sleep 0.2; exit 139"]
`;

interface Events {
  readonly rows: readonly { readonly kind: string; readonly of: string; readonly count: number }[];
  readonly notExamined: readonly { readonly what: string }[];
}

describeWithDocker({ control: true }, 'the recorder of events', ({ server }) => {
  async function open(name: string): Promise<ComposeProject> {
    await server().importBase(baseImage);
    const project = composeProject(server(), { name, file });
    onTestFinished(() => removeProject(project));
    return project;
  }

  const argvOf = ({ name, file: path }: ComposeProject) => ['--file', path, '--project-name', name];
  const openServer = (project: ComposeProject, state: TempState) =>
    openBinary(server(), [project.file], { state, argv: ['--project-name', project.name] });
  type Client = Awaited<ReturnType<typeof openServer>>;

  const happened = (client: Client, since: string, service = '*') =>
    client.data<Events>('compose_events', { since, service });
  const kindsOf = async (client: Client, since: string, service: string): Promise<readonly string[]> =>
    (await happened(client, since, service)).rows.map(({ kind }) => kind);

  it('tells what the engine has forgotten; without it that is not examined', async () => {
    const project = await open('recorded');
    await using state = await tempState();
    await using other = await tempState();
    await using client = await openServer(project, state);
    await client.ask('compose_overview');
    await expect.poll(() => spansIn(state), { timeout: 15_000 }).not.toEqual([]);
    const since = new Date().toISOString();
    await project.run('up', '--detach', '--pull', 'never');
    await expect.poll(() => kindsOf(client, since, 'greedy'), { timeout: 15_000 }).toContain('oom');
    await expect.poll(() => kindsOf(client, since, 'crash'), { timeout: 15_000 }).toContain('crash');
    await fillMemory(server());

    const told = await happened(client, since);
    expect(told.rows.map(({ kind, count }) => [kind, count])).toEqual(
      expect.arrayContaining([
        ['oom', 1],
        ['crash', 1],
      ]),
    );
    expect(told.notExamined).toEqual([]);
    expect(await client.ask('compose_diagnose', { service: 'greedy', since })).toContain('OOM_KILLED');

    await using fresh = await openServer(project, other);
    const unknown = await happened(fresh, since);
    expect(unknown.rows.filter(({ kind }) => kind === 'oom' || kind === 'crash')).toEqual([]);
    expect(unknown.notExamined[0]?.what).toMatch(/^events of the first .+ of the window$/);
    // what was before the recorder is told by neither
    expect((await happened(client, '7d')).notExamined[0]?.what).toMatch(/^events of the first 6 d 23 h/);
  });

  it('goes on after the engine was killed, and claims nothing of the time between', { timeout: 150_000 }, async () => {
    const project = await open('killed');
    await using state = await tempState();
    await using client = await openServer(project, state);
    await client.ask('compose_overview');
    await expect.poll(() => spansIn(state), { timeout: 15_000 }).not.toEqual([]);
    const since = new Date().toISOString();
    await project.run('up', '--detach', '--pull', 'never', 'greedy');
    await expect.poll(() => kindsOf(client, since, 'greedy'), { timeout: 15_000 }).toContain('oom');
    await expect.poll(() => kept(state, 'oom'), { timeout: 15_000 }).toBe(true);
    const before = lastCovered(state);
    await server().down();
    await server().up();
    await expect.poll(() => lastCovered(state), { timeout: 60_000 }).toBeGreaterThan(before + 1000);
    const restarted = new Date().toISOString();
    await project.run('up', '--detach', '--pull', 'never', 'crash');
    await expect.poll(() => kindsOf(client, restarted, 'crash'), { timeout: 15_000 }).toContain('crash');
    await expect.poll(() => kept(state, 'die', 'crash'), { timeout: 15_000 }).toBe(true);
    await fillMemory(server());

    const { rows, notExamined } = await happened(client, since);
    expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['oom', 'crash']));
    expect(notExamined.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^events of .+ within the window \(1 gap, the last until /),
    ]);
    expect((await happened(client, restarted)).notExamined).toEqual([]);
    const warnings = client.server.stderr().match(/events of the engine are not recorded now/g);
    expect(warnings).toHaveLength(1);
  });

  it(
    'is one process of those that share a state folder; another goes on when it ends',
    { timeout: 120_000 },
    async () => {
      const project = await open('shared');
      await using state = await tempState();
      const first = await openServer(project, state);
      await first.ask('compose_overview');
      await expect.poll(() => holderOf(state), { timeout: 15_000 }).toBe(first.server.pid);
      await using second = await openServer(project, state);
      const since = new Date().toISOString();
      await project.run('up', '--detach', '--pull', 'never', 'greedy');
      // told by the one that does not record, too
      await expect.poll(() => kindsOf(second, since, 'greedy'), { timeout: 15_000 }).toContain('oom');
      await expect.poll(() => kept(state, 'oom'), { timeout: 15_000 }).toBe(true);
      expect(holderOf(state)).toBe(first.server.pid);
      first.server.kill('SIGKILL');
      await first.server.ended;
      await expect.poll(() => holderOf(state), { timeout: 30_000 }).toBe(second.server.pid);
      await expect.poll(() => lastCovered(state), { timeout: 15_000 }).toBeGreaterThan(Date.parse(since) + 1);
      await project.run('up', '--detach', '--pull', 'never', 'crash');
      await expect.poll(() => kept(state, 'die', 'crash'), { timeout: 15_000 }).toBe(true);
      await fillMemory(server());
      const { rows, notExamined } = await happened(second, since);
      expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['oom', 'crash']));
      expect(notExamined).toEqual([]);
      expect(second.server.stderr()).not.toContain('not recorded');
    },
  );

  it('begins in a daemon once an engine is there that was down at its start', async () => {
    const project = await open('late');
    await using state = await tempState();
    await server().down();
    await using daemon = await startDaemon(server(), { state, settings: {}, argv: argvOf(project) });
    await expect.poll(() => daemon.stderr(), { timeout: 30_000 }).toContain('not connected yet');
    await server().up();
    await expect.poll(() => spansIn(state), { timeout: 60_000 }).not.toEqual([]);
    expect(await daemon.end()).toBe(0);
  });

  it('runs in a daemon without jobs, and writes the last of it when it is told to end', async () => {
    const project = await open('daemon');
    await using state = await tempState();
    await using daemon = await startDaemon(server(), { state, settings: {}, argv: argvOf(project) });
    await expect.poll(() => spansIn(state), { timeout: 30_000 }).not.toEqual([]);
    const since = new Date().toISOString();
    await project.run('up', '--detach', '--pull', 'never', 'crash');
    await expect.poll(() => ended(server(), 'daemon-crash-1'), { timeout: 15_000 }).toBe(139);
    expect(await daemon.end()).toBe(0);
    expect(kept(state, 'die', 'crash')).toBe(true);
    await fillMemory(server());
    await using client = await openServer(project, state);
    expect(await kindsOf(client, since, 'crash')).toContain('crash');
  });
});

/** More events than the engine keeps, of containers of nobody's project. */
async function fillMemory(server: DockerServer): Promise<void> {
  for (let count = 0; count < 130; count += 1) {
    const { Id } = (await server.ask('/containers/create', 'POST', { Image: baseImage })) as { readonly Id: string };
    await server.ask(`/containers/${Id}`, 'DELETE');
  }
}

async function ended(server: DockerServer, name: string): Promise<number | undefined> {
  const { State } = (await server.ask(`/containers/${name}/json`)) as {
    readonly State: { readonly Status: string; readonly ExitCode: number };
  };
  return State.Status === 'exited' ? State.ExitCode : undefined;
}

interface Slot {
  readonly events: readonly { readonly action: string; readonly service: string }[];
  readonly spans: readonly { readonly from: number; readonly to: number }[];
}

function slotsIn(state: TempState): readonly Slot[] {
  const folder = join(state.dir, 'mcp-docker-compose', 'store');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('events-'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Slot);
}

function spansIn(state: TempState): Slot['spans'] {
  return slotsIn(state).flatMap(({ spans }) => spans);
}

function lastCovered(state: TempState): number {
  return Math.max(0, ...spansIn(state).map(({ to }) => to));
}

function kept(state: TempState, action: string, service?: string): boolean {
  const all = slotsIn(state).flatMap(({ events }) => events);
  return all.some((event) => event.action === action && (service ?? event.service) === event.service);
}

/** Process that holds the lock of the recorder, by the newest of its files. */
function holderOf(state: TempState): number | undefined {
  const locks = join(state.dir, 'mcp-docker-compose', 'locks');
  const name = existsSync(locks) ? readdirSync(locks).find((one) => one.startsWith('events-')) : undefined;
  if (name === undefined) return undefined;
  const numbers = readdirSync(join(locks, name)).flatMap((one) => /^lock\.(\d+)$/.exec(one)?.[1] ?? []);
  const newest = Math.max(...numbers.map(Number));
  const holder = JSON.parse(readFileSync(join(locks, name, `lock.${newest}`), 'utf8')) as {
    readonly owner: { readonly pid: number };
    readonly released?: true;
  };
  return holder.released ? undefined : holder.owner.pid;
}
