import { setTimeout as delay } from 'node:timers/promises';
import { importCinema } from '@cinecom/testbed';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { type Movie, openMovie } from './support/movie.ts';

interface Report {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly snapshot: string;
  readonly services: readonly { readonly mode: string; readonly minimumReady?: number }[];
  readonly steps: readonly { readonly step: string }[];
  readonly ungraceful: readonly { readonly exitCode: number }[];
}

const quick = { services: ['movie'], monitorSeconds: 1, waitSeconds: 45 };

const rollout = async (movie: Movie, more: Readonly<Record<string, unknown>> = {}): Promise<Report> =>
  movie.client.data<Report>('compose_rollout', { ...quick, ...more });

describeWithDocker({}, 'compose_rollout', ({ server }) => {
  it('replaces every replica, never with fewer ready than wanted, so that Compose finds nothing to do', async () => {
    await using movie = await openMovie(server(), { name: 'replace' });
    const before = await movie.replicas();
    movie.change({ image: 'replace/movie:2' });
    const report = await rollout(movie, { parallelism: 1 });
    expect(report).toMatchObject({
      status: 'succeeded',
      services: [{ mode: 'start-first', minimumReady: 2 }],
      ungraceful: [],
    });
    const after = await movie.replicas();
    expect(after.map(({ imageId, isReady }) => [imageId, isReady])).toEqual([
      [movie.images['2'], true],
      [movie.images['2'], true],
    ]);
    expect(after.some(({ id }) => before.some((old) => old.id === id))).toBe(false);
    expect(await movie.client.data('compose_deploy_check')).toMatchObject({ services: [{ upToDate: true }] });
    const ids = after.map(({ id }) => id);
    await movie.project.run('up', '--detach', '--pull', 'never', '--wait');
    expect((await movie.replicas()).map(({ id }) => id)).toEqual(ids);
  });

  describe.each([
    ['ends at once', 'exits', 'ended'],
    ['fails its check', 'never-ready', 'unhealthy'],
    ['turns bad while it is watched', 'turns-bad', 'unhealthy'],
  ] as const)('of a version that %s', (_, behaviour, words) => {
    it('goes back by itself: old image and hash everywhere, ids of the untouched kept', async () => {
      const name = behaviour;
      await using movie = await openMovie(server(), { name, versions: { '1': 'good', '2': behaviour } });
      const before = await movie.replicas();
      movie.change({ image: `${name}/movie:2` });
      const report = await rollout(movie, { parallelism: 1, monitorSeconds: 6 });
      expect(report.status).toBe('rolled-back');
      expect(report.reason).toContain(words);
      expect(report.services[0]?.minimumReady).toBe(2);
      expect(await movie.replicas()).toEqual(before);
    });
  });

  it('goes back from a later batch too, by what the old replicas were made of', async () => {
    await using movie = await openMovie(server(), {
      name: 'later',
      service: { replicas: 2, lines: ['environment: { SEAT: "A" }'] },
    });
    const before = await movie.replicas();
    movie.change({ image: 'later/movie:2', lines: ['environment: { SEAT: "B" }'] });
    const running = rollout(movie, { parallelism: 1, monitorSeconds: 3 });
    // the first new one serves alone, then goes bad while the second is watched
    await expect
      .poll(async () => (await movie.replicas()).filter(({ imageId }) => imageId === movie.images['2']).length, {
        timeout: 40_000,
        interval: 100,
      })
      .toBe(2);
    const [first] = (await movie.replicas()).filter(({ imageId }) => imageId === movie.images['2']);
    await server().ask(`/containers/${first?.id}/kill`, 'POST');
    const report = await running;
    expect(report.status).toBe('rolled-back');
    const after = await movie.replicas();
    expect(after.map(({ hash, imageId, isReady }) => ({ hash, imageId, isReady }))).toEqual(
      before.map(({ hash, imageId, isReady }) => ({ hash, imageId, isReady })),
    );
  });

  it('leaves a blocked service alone, and says what blocks it', async () => {
    await using movie = await openMovie(server(), {
      name: 'blocked',
      service: { replicas: 1, lines: ['container_name: blocked-movie'] },
    });
    const before = await movie.replicas();
    movie.change({ image: 'blocked/movie:2' });
    expect(await movie.client.refusal('compose_rollout', { ...quick, mode: 'start-first' })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('CONTAINER_NAME') as string,
    });
    const check = await movie.client.ask('compose_deploy_check');
    expect(check).toMatch(/CONTAINER_NAME\|`movie`\|`[^`]*\(docker-compose\.prod\.yml:8\)/);
    expect(await movie.replicas()).toEqual(before);
    const report = await rollout(movie);
    expect(report).toMatchObject({ status: 'succeeded', services: [{ mode: 'stop-first' }] });
    expect((await movie.replicas()).map(({ name, imageId }) => [name, imageId])).toEqual([
      ['blocked-movie', movie.images['2']],
    ]);
  });

  it('tells who had to be killed', async () => {
    await using movie = await openMovie(server(), {
      name: 'deaf',
      versions: { '1': 'ignores-term', '2': 'good' },
      service: { replicas: 1 },
    });
    movie.change({ image: 'deaf/movie:2' });
    expect(await rollout(movie)).toMatchObject({ status: 'succeeded', ungraceful: [{ exitCode: 137 }] });
  });

  it('refuses a second change of the project while one runs', async () => {
    await using movie = await openMovie(server(), { name: 'twice' });
    movie.change({ image: 'twice/movie:2' });
    const first = rollout(movie, { parallelism: 1 });
    await expect.poll(async () => (await movie.replicas()).length, { timeout: 20_000 }).toBe(3);
    await using other = await movie.another();
    expect(await other.refusal('compose_rollout', quick)).toMatchObject({ code: 'backend_conflict' });
    expect((await first).status).toBe('succeeded');
  });
});

describeWithDocker({}, 'compose_rollback', ({ server }) => {
  it('brings back what ran, after its tag moved and the image was pruned from under it', async () => {
    await using movie = await openMovie(server(), {
      name: 'back',
      service: { image: 'back/movie:live' },
      versions: { live: 'good' },
    });
    const before = await movie.replicas();
    // the same reference is another image now: what a registry's moving tag does
    const second = await importCinema(server(), { reference: 'back/movie:live', version: '2' });
    const report = await rollout(movie, { parallelism: 0 });
    expect(report.status).toBe('succeeded');
    expect(new Set((await movie.replicas()).map(({ imageId }) => imageId))).toEqual(new Set([second]));
    await server().ask('/images/prune', 'POST');
    const back = await movie.client.data<Report>('compose_rollback', { rollout: report.id });
    expect(back.status).toBe('succeeded');
    expect((await movie.replicas()).map(({ hash, imageId, isReady }) => ({ hash, imageId, isReady }))).toEqual(
      before.map(({ hash, imageId, isReady }) => ({ hash, imageId, isReady })),
    );
  });

  it('goes back to a snapshot, and lists it with how ready it is', async () => {
    await using movie = await openMovie(server(), { name: 'snap' });
    const before = await movie.replicas();
    const taken = await movie.client.data<{ readonly id: string; readonly readiness: string }>('compose_snapshot', {
      label: '更新前',
    });
    expect(taken.readiness).toMatch(/^ready/);
    movie.change({ image: 'snap/movie:2' });
    expect((await rollout(movie)).status).toBe('succeeded');
    const listed = await movie.client.data<{
      readonly snapshots: readonly { readonly id: string; readonly label: string }[];
    }>('compose_rollout_status');
    expect(listed.snapshots.find(({ id }) => id === taken.id)).toMatchObject({ label: '更新前' });
    // what the files ask for now need not be on the host to go back
    movie.change({ image: 'snap/movie:none' });
    expect(await movie.client.data('compose_rollback', { snapshot: taken.id })).toMatchObject({ status: 'succeeded' });
    expect(new Set((await movie.replicas()).map(({ imageId }) => imageId))).toEqual(
      new Set(before.map(({ imageId }) => imageId)),
    );
  });
});

describeWithDocker({}, 'a rollout whose process is killed', ({ server }) => {
  it.each([
    ['create', 'resumed'],
    ['ready', 'rolled back'],
    ['monitor', 'resumed'],
    ['drain', 'resumed'],
    ['stop', 'rolled back'],
    ['delay', 'rolled back'],
  ])('at %s leaves as many ready as wanted, and can be %s', async (at, way) => {
    const name = `killed-${at}`;
    const deploy = ['update_config: { delay: 2s, order: start-first }'];
    await using movie = await openMovie(server(), { name, service: { deploy } });
    const before = await movie.replicas();
    movie.change({ image: `${name}/movie:2` });
    await using doomed = await movie.another();
    const { id } = await doomed.data<Report>('compose_rollout', { ...quick, parallelism: 1, waitSeconds: 0 });
    const reached = async (): Promise<boolean> => {
      const { rollout: now } = await movie.client.data<{ readonly rollout: Report }>('compose_rollout_status', {
        id,
      });
      return now.steps.some(({ step }) => step === at);
    };
    await expect.poll(reached, { timeout: 40_000, interval: 20 }).toBe(true);
    doomed.server.kill('SIGKILL');
    await delay(1500); // what the engine had been asked for ends
    expect((await movie.replicas()).filter(({ isReady }) => isReady).length).toBeGreaterThanOrEqual(2);
    const told = await movie.client.data<{ readonly rollout: Report }>('compose_rollout_status', { id });
    expect(told.rollout.status).toBe('interrupted');
    if (way === 'resumed') {
      const resumed = await movie.client.data<Report>('compose_rollout', { resume: id, waitSeconds: 45 });
      expect(resumed.status).toBe('succeeded');
      expect((await movie.replicas()).map(({ imageId }) => imageId)).toEqual([movie.images['2'], movie.images['2']]);
      return;
    }
    const back = await movie.client.data<Report>('compose_rollback', { rollout: id });
    expect(back).toMatchObject({ status: 'succeeded', services: [{ mode: 'start-first', minimumReady: 2 }] });
    expect((await movie.replicas()).map(({ hash, imageId }) => ({ hash, imageId }))).toEqual(
      before.map(({ hash, imageId }) => ({ hash, imageId })),
    );
  });
});
