import { beforeAll, expect, it, vi } from 'vitest';
import {
  cinemaService,
  composeProject,
  type ComposeProject,
  importCinema,
  removeProject,
  startTraffic,
} from '../src/index.ts';
import { describeWithDocker } from '../src/vitest.ts';

describeWithDocker({ control: true }, 'traffic on a service of two replicas', ({ server }) => {
  let image: string;
  beforeAll(async () => void (image = await importCinema(server(), { reference: 'cinema/movie:1', version: '1' })));

  async function upProject(name: string): Promise<ComposeProject> {
    const project = composeProject(server(), {
      name,
      file: `services:\n${cinemaService({ image: 'cinema/movie:1' })}`,
    });
    await project.run('up', '-d', '--pull', 'never', '--wait');
    return project;
  }

  async function runIn(container: string, Cmd: readonly string[]): Promise<void> {
    const exec = (await server().ask(`/containers/${container}/exec`, 'POST', { Cmd })) as { readonly Id: string };
    await server().ask(`/exec/${exec.Id}/start`, 'POST', { Detach: true });
  }

  it('loses nothing when one is drained before it is stopped', async () => {
    const project = await upProject('drained');
    const traffic = await startTraffic(server(), { project: 'drained', service: 'movie', perSecond: 150 });
    await runIn('drained-movie-1', ['rm', '/tmp/ready']);
    await vi.waitFor(async () => {
      const state = await server().ask('/containers/drained-movie-1/json');
      expect(state).toMatchObject({ State: { Health: { Status: 'unhealthy' } } });
    }, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server().ask('/containers/drained-movie-1/stop', 'POST');
    const report = await traffic.stop();
    expect(report).toMatchObject({ failed: 0, failures: [], notSent: 0, minimumReady: 1 });
    expect(report.answersBy).toEqual({ [image]: report.requests });
    expect(Object.keys(report.answersByReplica).toSorted()).toEqual(['drained-movie-1', 'drained-movie-2']);
    await removeProject(project);
  });

  it('loses what was under way when one is killed, and everything when both are', async () => {
    const project = await upProject('killed');
    const start = () =>
      startTraffic(server(), { project: 'killed', service: 'movie', path: '/cgi-bin/slow', perSecond: 50 });
    const one = await start();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await server().ask('/containers/killed-movie-1/kill', 'POST');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const afterOne = await one.stop();
    expect(afterOne.minimumReady).toBe(1);
    expect(afterOne.failed).toBeGreaterThan(0);
    expect(afterOne.failures[0]).toMatch(/ms: .*killed-movie-1/);
    const both = await start();
    await server().ask('/containers/killed-movie-2/kill', 'POST');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const afterBoth = await both.stop();
    expect(afterBoth.minimumReady).toBe(0);
    expect(afterBoth.failures.at(-1)).toContain('503 nobody is ready');
    await removeProject(project);
  });

  it('says why there is none', async () => {
    await expect(
      startTraffic({ host: 'unix:///nowhere', namespacePid: () => undefined }, { project: 'a', service: 'b' }),
    ).rejects.toThrow('ENOENT');
  });
});
