import { importCinema } from '@cinecom/testbed';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openMovie } from './support/movie.ts';

interface Report {
  readonly changes: readonly { readonly container: string; readonly done: string }[];
  readonly services: readonly { readonly service: string; readonly replicas: number; readonly ready: number }[];
}

const movieOf = (replicas: number, ready = replicas): object => ({ services: [{ service: 'movie', replicas, ready }] });

describeWithDocker({}, 'changes of replicas', ({ server }) => {
  it('scale up until ready, and down by the newest, those that are not ready first', async () => {
    await using movie = await openMovie(server(), { name: 'scale' });
    const before = (await movie.replicas()).map(({ id }) => id);
    const scale = (replicas: number) => movie.client.data<Report>('compose_scale', { service: 'movie', replicas });
    expect(await scale(4)).toMatchObject(movieOf(4));
    const [, second] = await movie.replicas();
    // the second of the old ones fails its check from now on
    await movie.exec(second?.id ?? '', ['rm', '/tmp/ready']);
    await expect.poll(async () => (await movie.replicas())[1]?.isReady, { timeout: 15_000 }).toBe(false);
    expect(await scale(2)).toMatchObject(movieOf(2));
    const left = (await movie.replicas()).map(({ id }) => id);
    expect(left).toHaveLength(2);
    expect(left).toContain(before[0]);
    expect(left).not.toContain(second?.id);
    expect(await movie.client.ask('compose_scale', { service: 'movie', replicas: 2 })).toContain('already');
  });

  it('refuse what cannot be, before anything is done', async () => {
    await using movie = await openMovie(server(), {
      name: 'refused',
      service: { lines: ['ports: ["18080-18081:8080"]'], deploy: ['resources: { limits: { memory: 64M } }'] },
      server: { argv: ['--max-replicas', '5', '--memory-guard', '0.1'] },
    });
    const before = await movie.replicas();
    const refusal = (replicas: number) => movie.client.refusal('compose_scale', { service: 'movie', replicas });
    expect(await refusal(6)).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('limit of 5') as string,
    });
    expect(await refusal(3)).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('fixed host port') as string,
    });
    expect(await movie.client.refusal('compose_scale', { service: 'cinema', replicas: 1 })).toMatchObject({
      code: 'backend_not_found',
    });
    expect(await movie.replicas()).toEqual(before);
  });

  it('remove what a scaling made that does not become ready', async () => {
    await using movie = await openMovie(server(), { name: 'unready' });
    const before = await movie.replicas();
    await importCinema(server(), { reference: 'unready/movie:1', version: '1', behaviour: 'exits' });
    const refused = await movie.client.refusal('compose_scale', { service: 'movie', replicas: 3 });
    expect(refused.code).toBe('backend_error');
    expect(refused.text).toContain('removed again');
    expect(await movie.replicas()).toEqual(before);
  });

  it('restart one at a time, the same containers, all ready at the end', async () => {
    await using movie = await openMovie(server(), { name: 'again' });
    const before = await movie.replicas();
    const report = await movie.client.data<Report>('compose_restart', { services: ['movie'] });
    expect(report).toMatchObject(movieOf(2));
    expect(report.changes).toHaveLength(2);
    expect(await movie.replicas()).toEqual(before);
    expect(await movie.client.data<Report>('compose_restart', { services: ['movie'], startFirst: true })).toMatchObject(
      movieOf(2),
    );
    const after = await movie.replicas();
    expect(after.map(({ hash, imageId }) => [hash, imageId])).toEqual(
      before.map(({ hash, imageId }) => [hash, imageId]),
    );
    expect(after.some(({ id }) => before.some((old) => old.id === id))).toBe(false);
  });

  it('stop, remove and bring up again', async () => {
    await using movie = await openMovie(server(), { name: 'stopped', allow: 'destructive' });
    expect(await movie.client.data<Report>('compose_stop', { services: ['movie'] })).toMatchObject(movieOf(2, 0));
    expect((await movie.replicas()).map(({ state }) => state)).toEqual(['exited', 'exited']);
    const ids = (await movie.replicas()).map(({ id }) => id);
    await movie.client.data('compose_up', { services: ['movie'] });
    expect((await movie.replicas()).map(({ id, state }) => [id, state])).toEqual(ids.map((id) => [id, 'running']));
    expect(await movie.client.data<Report>('compose_stop', { services: ['movie'], remove: true })).toMatchObject(
      movieOf(0),
    );
    const up = () => movie.client.data<Report>('compose_up', { services: ['movie'] });
    const made = { container: 'stopped-movie-1', done: 'made and started' };
    expect((await up()).changes).toContainEqual(made);
    expect(await movie.replicas()).toHaveLength(2);
    // more run than the files say: what runs stays
    await movie.client.data('compose_scale', { service: 'movie', replicas: 3 });
    const three = (await movie.replicas()).map(({ id }) => id);
    await server().ask(`/containers/${three[0]}/kill`, 'POST');
    expect((await up()).changes).toEqual([{ container: 'stopped-movie-1', done: 'started' }]);
    expect((await movie.replicas()).map(({ id }) => id)).toEqual(three);
    movie.change({ image: 'stopped/movie:none' });
    await movie.client.data('compose_stop', { services: ['movie'], remove: true });
    expect(await movie.client.refusal('compose_up', { services: ['movie'] })).toMatchObject({
      code: 'backend_not_found',
      text: expect.stringContaining('pull missing') as string,
    });
  });

  it('bring up what is stopped, and leave what was scaled beyond the files', async () => {
    await using movie = await openMovie(server(), { name: 'surplus' });
    await movie.client.data('compose_scale', { service: 'movie', replicas: 4 });
    const before = await movie.replicas();
    await server().ask(`/containers/${before[1]?.id}/stop?t=0`, 'POST');
    await movie.client.data('compose_up', { services: ['movie'] });
    expect((await movie.replicas()).map(({ id, state }) => [id, state])).toEqual(
      before.map(({ id }) => [id, 'running']),
    );
  });

  it('make again what differs only where asked', async () => {
    await using movie = await openMovie(server(), { name: 'recreate' });
    const before = await movie.replicas();
    movie.change({ image: 'recreate/movie:2' });
    expect(await movie.client.ask('compose_up', { services: ['movie'] })).toContain('already');
    expect(await movie.replicas()).toEqual(before);
    expect(await movie.client.data<Report>('compose_up', { services: ['movie'], recreate: true })).toMatchObject(
      movieOf(2),
    );
    expect((await movie.replicas()).map(({ imageId }) => imageId)).toEqual([movie.images['2'], movie.images['2']]);
  });

  it('touch no service that is protected', async () => {
    await using movie = await openMovie(server(), {
      name: 'protected',
      allow: 'destructive',
      server: { argv: ['--protect', 'movie'] },
    });
    const before = await movie.replicas();
    for (const [tool, more] of Object.entries({
      compose_restart: {},
      compose_stop: {},
      compose_up: {},
      compose_rollout: {},
    })) {
      expect(await movie.client.refusal(tool, { services: ['movie'], ...more })).toMatchObject({
        code: 'out_of_scope',
      });
    }
    expect(await movie.client.refusal('compose_scale', { service: 'movie', replicas: 1 })).toMatchObject({
      code: 'out_of_scope',
    });
    expect(await movie.replicas()).toEqual(before);
  });

  it('lose nothing that is in volumes, whatever is done', { timeout: 180_000 }, async () => {
    await using movie = await openMovie(server(), {
      name: 'reels',
      allow: 'destructive',
      more: 'volumes: { kept: {} }\n',
      service: { replicas: 1, lines: ["volumes: ['kept:/data', '/extra']"] },
    });
    const volumes = async (): Promise<readonly string[]> =>
      ((await server().ask('/volumes')) as { readonly Volumes: readonly { readonly Name: string }[] }).Volumes.map(
        ({ Name }) => Name,
      );
    const [first] = await movie.replicas();
    await movie.exec(first?.id ?? '', ['sh', '-c', 'echo a whole reel > /data/reel']);
    const { id: snapshot } = await movie.client.data<{ readonly id: string }>('compose_snapshot', {});
    const services = ['movie'];
    const done: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ['compose_scale', { service: 'movie', replicas: 2 }],
      ['compose_scale', { service: 'movie', replicas: 1 }],
      ['compose_restart', { services }],
      ['compose_restart', { services, startFirst: true }],
      ['compose_set_resources', { service: 'movie', memory: '96m' }],
      ['compose_rollout', { services, monitorSeconds: 1, waitSeconds: 45 }],
      ['compose_rollback', { snapshot, waitSeconds: 45 }],
      ['compose_up', { services, recreate: true }],
      ['compose_stop', { services, remove: true }],
      ['compose_up', { services }],
      ['compose_cleanup', { what: ['orphans', 'created', 'dangling-images', 'old-snapshots'], olderThan: '0s' }],
    ];
    let before = await volumes();
    for (const [tool, args] of done) {
      if (tool === 'compose_rollout') {
        movie.change({ image: 'reels/movie:2', replicas: 1, lines: ["volumes: ['kept:/data', '/extra']"] });
      }
      await movie.client.ask(tool, args);
      const after = await volumes();
      expect(after, tool).toEqual(expect.arrayContaining([...before]));
      before = after;
    }
    const [last] = await movie.replicas();
    expect(last).toMatchObject({ state: 'running', imageId: movie.images['2'] });
    expect(await server().ask(`/containers/${last?.id}/archive?path=/data/reel`)).toContain('a whole reel');
  });

  it('clean up what nobody needs, and nothing else', async () => {
    await using movie = await openMovie(server(), {
      name: 'leftovers',
      allow: 'destructive',
      service: { replicas: 1, lines: ['volumes: ["data:/data"]'] },
      more: 'volumes: { data: {} }\n',
    });
    await movie.project.run('run', '--no-deps', 'movie', 'true'); // an ended one-off
    movie.change({ name: 'film', lines: ['volumes: ["data:/data"]'] });
    await movie.project.run('create', '--no-recreate', '--pull', 'never');
    const what = ['orphans', 'created', 'exited-oneoffs', 'dangling-images', 'old-snapshots'];
    expect(await movie.client.ask('compose_cleanup', { what })).toContain('nothing of it is left over'); // all younger than an hour
    const { changes } = await movie.client.data<Report>('compose_cleanup', { what, olderThan: '0s' });
    expect(changes.map(({ container }) => container.replace(/-run-.*/, '-run')).toSorted()).toEqual([
      'leftovers-film-1',
      'leftovers-movie-1',
      'leftovers-movie-run',
    ]);
    expect(await movie.replicas()).toEqual([]);
    const { Volumes } = (await server().ask('/volumes')) as { readonly Volumes: readonly { readonly Name: string }[] };
    expect(Volumes.map(({ Name }) => Name)).toContain('leftovers_data');
  });
});
