import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyLog } from '@cinecom/mcp-core/audit';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { openMovie } from './support/movie.ts';

const changes = /rollout$|rollback|snapshot|restart|up$|stop|scale$|heal|set_resources|cleanup/;

describeWithDocker({}, 'the built server over stdio', ({ server }) => {
  describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
    it('lists the tools that its ceiling allows, as the pinned definitions have them', async () => {
      const folder = new URL('definitions/', import.meta.url);
      const pinned = (await readdir(folder)).map((name) => name.replace('.json', ''));
      await using reading = await openBinary(server(), [], { era });
      await using changing = await openBinary(server(), [], { era, argv: ['--allow', 'destructive'] });
      const names = async (client: typeof reading) =>
        (await client.server.client.listTools()).tools.map(({ name }) => name);
      expect(await names(changing)).toEqual(pinned.toSorted());
      expect(await names(reading)).toEqual(pinned.filter((name) => !changes.test(name)).toSorted());
      for (const tool of (await changing.server.client.listTools()).tools) {
        const { description, inputSchema } = JSON.parse(
          await readFile(new URL(`${tool.name}.json`, folder), 'utf8'),
        ) as typeof tool;
        expect(tool).toMatchObject({ description, inputSchema });
      }
    });

    it('says how the project is, and proves that it said so', async () => {
      const name = `stdio-${era}`;
      await using movie = await openMovie(server(), {
        name,
        server: { era },
        service: { replicas: 1, lines: ['environment: { 題名: "夜明け" }'] },
      });
      expect(await movie.client.ask('compose_overview')).toMatch(
        /^OK: 1 of 1 service with all replicas ready; 0 findings/,
      );
      const [first] = await movie.replicas();
      await movie.exec(first?.id ?? '', ['rm', '/tmp/ready']);
      await expect.poll(async () => (await movie.replicas())[0]?.isReady, { timeout: 15_000 }).toBe(false);
      expect(await movie.client.ask('compose_overview')).toMatch(/^CRITICAL: [^]*\|critical\|SERVICE_DOWN\|`movie`\|/);
      await movie.client.server.close();
      const folder = join(movie.client.state.dir, 'mcp-docker-compose');
      expect(await verifyLog({ dir: join(folder, 'audit'), marksDir: join(folder, 'marks') })).toMatchObject({
        verdict: 'ok-unsigned',
        unfinished: [],
      });
    });
  });

  it('says what is wrong with files and engine, and how to repair it', async () => {
    await using nowhere = await openBinary(server(), [], { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(await nowhere.refusal('compose_overview')).toMatchObject({ code: 'backend_unreachable' });
    await using ssh = await openBinary(server(), [], { env: { DOCKER_HOST: 'ssh://somewhere' } });
    expect((await ssh.refusal('compose_overview')).text).toContain('not supported');
    await using lost = await openBinary(server(), ['/nowhere/compose.yaml']);
    expect(await lost.refusal('compose_overview')).toMatchObject({ code: 'not_configured' });
    await using movie = await openMovie(server(), { name: 'broken', service: { replicas: 1 } });
    movie.project.write('docker-compose.prod.yml', 'name: broken\nservices:\n  movie:\n    imagine: x\n');
    expect(await movie.client.ask('compose_overview')).toMatch(
      /INVALID_FILE[^]*imagine[^]*Not examined: what the files ask for/,
    );
    movie.change({}); // Compose itself could not take it down otherwise
  });
});
