import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { openMovie } from './support/movie.ts';

const planted = 'zanzibar-velvet-usher';
const key = Buffer.alloc(32, 'A quiet film about trains').toString('base64');

interface Report {
  readonly id: string;
  readonly status: string;
}

describeWithDocker({}, 'state under MCP_ENCRYPTION_KEY', ({ server }) => {
  it(
    'serves rollout and rollback, and no file of it shows a value of the environment',
    { timeout: 120_000 },
    async () => {
      await using state = await tempState();
      const lines = [`environment: { TOKEN: "${planted}" }`];
      const options = { state, env: { MCP_ENCRYPTION_KEY: key } };
      await using movie = await openMovie(server(), {
        name: 'sealed',
        service: { replicas: 1, lines },
        server: options,
      });
      const before = (await movie.replicas()).map(({ hash, imageId }) => [hash, imageId]);
      movie.change({ image: 'sealed/movie:2', lines });
      const rollout = await movie.client.data<Report>('compose_rollout', { services: ['movie'], monitorSeconds: 1 });
      expect(rollout.status).toBe('succeeded');
      const kept = filesIn(state.dir);
      expect(kept.filter(({ path }) => /snapshots-|rollouts-/.test(path))).toHaveLength(2);
      expect(kept.filter(({ text }) => text.includes(planted))).toEqual([]);
      expect(kept.filter(({ mode }) => mode !== 0o600)).toEqual([]);
      expect(await movie.client.data('compose_rollback', { rollout: rollout.id })).toMatchObject({
        status: 'succeeded',
      });
      expect((await movie.replicas()).map(({ hash, imageId }) => [hash, imageId])).toEqual(before);
      expect(filesIn(state.dir).filter(({ text }) => text.includes(planted))).toEqual([]);

      const argv = ['--project-name', 'sealed'];
      await using without = await openBinary(server(), [movie.project.file], { state, argv });
      const refusal = await without.refusal('compose_rollout_status');
      expect(refusal).toMatchObject({ code: 'not_configured' });
      expect(refusal.text).toContain('MCP_ENCRYPTION_KEY is not set');
      // what else there is to see does not depend on it
      expect(await without.ask('compose_events')).toMatch(
        /Not examined: .*rollouts of this server \(.*MCP_ENCRYPTION_KEY/,
      );
      expect((await without.refusal('compose_rollout_status', { id: rollout.id })).text).toContain(
        'MCP_ENCRYPTION_KEY',
      );
    },
  );

  it('shows the value where no key is set, so that the test above can fail', async () => {
    await using state = await tempState();
    const lines = [`environment: { TOKEN: "${planted}" }`];
    await using movie = await openMovie(server(), {
      name: 'plain',
      service: { replicas: 1, lines },
      server: { state },
    });
    await movie.client.data('compose_snapshot');
    const shown = filesIn(state.dir).filter(({ text }) => text.includes(planted));
    expect(shown.map(({ path, mode }) => [path.replace(/plain-\w+/, 'plain'), mode])).toEqual([
      ['mcp-docker-compose/store/snapshots-plain.json', 0o600],
    ]);
  });
});

function filesIn(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => ({ path, stats: statSync(join(folder, path)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => ({ path, mode: stats.mode & 0o777, text: readFileSync(join(folder, path), 'utf8') }));
}
