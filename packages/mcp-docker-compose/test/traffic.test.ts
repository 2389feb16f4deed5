import { startTraffic } from '@cinecom/testbed';
import { describeWithDocker, describeWithEachDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openMovie } from './support/movie.ts';

describeWithEachDocker('a start-first rollout under constant traffic', ({ server }) => {
  it('loses no request, and keeps as many replicas ready as are wanted', async () => {
    await using movie = await openMovie(server(), { name: 'traffic' });
    movie.change({ image: 'traffic/movie:2' });
    const traffic = await startTraffic(server(), { project: 'traffic', service: 'movie', port: 8080, perSecond: 200 });
    const report = await movie.client.data<{ readonly status: string }>('compose_rollout', {
      services: ['movie'],
      parallelism: 1,
      monitorSeconds: 1,
      waitSeconds: 45,
    });
    const seen = await traffic.stop();
    expect(report.status).toBe('succeeded');
    expect(seen).toMatchObject({ failed: 0, failures: [], minimumReady: 2 });
    expect(seen.requests).toBeGreaterThan(1000);
    // both versions answered: the traffic went on through the change
    expect(Object.keys(seen.answersBy).toSorted()).toEqual([movie.images['1'], movie.images['2']].toSorted());
  });
});

describeWithDocker({}, 'plain `up` under constant traffic', ({ server }) => {
  it('loses some requests, which is why', async () => {
    await using movie = await openMovie(server(), { name: 'plain' });
    movie.change({ image: 'plain/movie:2' });
    const traffic = await startTraffic(server(), { project: 'plain', service: 'movie', port: 8080, perSecond: 200 });
    await movie.project.run('up', '--detach', '--pull', 'never', '--wait');
    const seen = await traffic.stop();
    expect(seen.failed).toBeGreaterThan(0);
    expect(seen.minimumReady).toBeLessThan(2);
  });
});
