import { describeWithDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openProject, type RunningProject } from './support/project.ts';

const file = (version: number) => `
services:
  web:
    image: cinema/base:1
    environment: { VERSION: "${version}" }
    command: ["sh", "-c", "touch /tmp/ok; sleep 100000"]
    stop_grace_period: 1s
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ok"], interval: 1s, retries: 1 }
  crash:
    image: cinema/base:1
    restart: always
    command: ["sh", "-c", "sleep 0.2; exit 139"]
  greedy:
    image: cinema/base:1
    command: ["sh", "-c", "sleep 0.5; tail /dev/zero"]
    deploy: { resources: { limits: { memory: 16M } } }
    memswap_limit: 16M
  job:
    image: cinema/base:1
    command: ["true"]
`;

interface Events {
  readonly rows: readonly {
    readonly kind: string;
    readonly of: string;
    readonly what: string;
    readonly count: number;
  }[];
  readonly notExamined: readonly { readonly what: string }[];
}

describeWithDocker({}, 'compose_events', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), { name: 'events', file: file(1) });
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  const rowsOf = async (service: string, kind: string) =>
    (await lab.client.data<Events>('compose_events', { service })).rows.filter((row) => row.kind === kind);

  it('tells crashes with what their exit code means, as one', async () => {
    await vi.waitFor(async () => expect((await rowsOf('crash', 'crash'))[0]?.count).toBeGreaterThan(2), 15_000);
    const text = await lab.client.ask('compose_events', { service: 'crash' });
    expect(text).toMatch(/^\d+ crashes, 1 deploy/);
    expect(text).toMatch(/\|crash\|\d+\|[\d.]+ m?s\|`events-crash-1`\|exit 139, SIGSEGV: segmentation fault\|/);
    expect(text).toContain('Next: compose_diagnose {"service":"crash"}');
  });

  it('tells what the kernel killed for memory', async () => {
    await vi.waitFor(async () => expect(await rowsOf('greedy', 'oom')).toHaveLength(1), 15_000);
    expect(await rowsOf('greedy', 'crash')).toEqual([]);
  });

  it('tells that a job finished', async () => {
    expect(await rowsOf('job', 'finished')).toMatchObject([{ what: 'exit 0, finished without error' }]);
  });

  it('tells health that turns both ways', async () => {
    await lab.project.run('up', '--detach', '--pull', 'never', '--wait', 'web');
    await lab.project.run('exec', '-T', 'web', 'rm', '/tmp/ok');
    await vi.waitFor(async () => expect(await rowsOf('web', 'unhealthy')).toHaveLength(1), 15_000);
    await lab.project.run('exec', '-T', 'web', 'touch', '/tmp/ok');
    await vi.waitFor(async () => expect(await rowsOf('web', 'healthy again')).toHaveLength(1), 15_000);
  });

  it('tells restarts and deploys, and what had to be killed', async () => {
    await lab.project.run('restart', 'web');
    expect((await rowsOf('web', 'restarted'))[0]?.what).toMatch(
      /^did not end within its grace period, killed after 1\.\d+ s; up again after/,
    );
    lab.project.write('docker-compose.prod.yml', file(2));
    await lab.project.run('up', '--detach', '--pull', 'never', 'web');
    expect((await rowsOf('web', 'deploy'))[0]?.what).toMatch(
      /1 container removed, 1 of them killed after the grace period$/,
    );
  });

  it('says of what the engine remembers nothing', async () => {
    const { notExamined } = await lab.client.data<Events>('compose_events', { since: '2h' });
    expect(notExamined[0]?.what).toMatch(/^events of the first 1 h 5\d min of the window$/);
    expect((await lab.client.data<Events>('compose_events', { since: '1s' })).notExamined).toEqual([]);
  });

  it('goes back page by page', async () => {
    const text = await lab.client.ask('compose_events', { limit: 2 });
    const cursor = /cursor (cur_\S+)/.exec(text)?.[1];
    const next = await lab.client.ask('compose_events', { limit: 2, cursor });
    expect(next).not.toBe(text);
    expect(next).toContain('2 of ');
  });
});
