import { describeWithEachDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { openProject } from './support/project.ts';

const environment = { PASSED: 'through', TITLE: '夜明け' };

/** Anchors, merge keys, an env_file with a `$`, a profile, variables by name, by value and with defaults, limits, hooks. */
const file = (more: Readonly<Record<string, string>> = {}): string => `
name: drift
x-common: &common
  image: cinema/base:1
  init: true
  restart: unless-stopped
  stop_grace_period: 1s
services:
  movie:
    <<: *common
    env_file: [movie.env]
    environment:
      - PASSED
      - TITLE=\${TITLE}
      - HALL=\${HALL:-東京 1}
      - PRICE=$$12
      ${more.environment ?? '- FIXED=1'}
    command: ["sh", "-c", "${more.command ?? 'sleep 1000'}"]
    labels: { owner: "${more.owner ?? 'cinecom'}" }
    healthcheck: { test: ["CMD", "true"], interval: ${more.interval ?? '1s'}, start_period: 1m30s }
    volumes: ["${more.volume ?? 'data:/data'}", "/scratch"]
    ports: ["${more.port ?? '127.0.0.1:18090:8080'}"]
    networks: [default${more.network ?? ''}]
    deploy: { replicas: 1, resources: { limits: { memory: ${more.memory ?? '64M'}, cpus: '0.5', pids: 100 } } }
  db: { <<: *common, volumes: ["data:/data:ro"] }
  side: { <<: *common, network_mode: 'service:db' }
  batch: { <<: *common, profiles: [night] }
volumes: { data: {}, other: {} }
networks: { inner: {} }
`;

interface Check {
  readonly services: readonly { readonly service: string; readonly upToDate: boolean }[];
  readonly containers: readonly { readonly container: string; readonly action: string; readonly keys: string }[];
}

describeWithEachDocker('drift', ({ server }) => {
  it('is none on an unmodified stack, and names each key that has changed and no other', async () => {
    await using running = await openProject(server(), {
      name: 'drift',
      file: file(),
      files: { 'movie.env': 'TMDB_KEY=abc$$def\nQUOTED="two words"\n' },
      environment,
      up: ['--wait'],
      server: { env: environment },
    });
    const check = () => running.client.data<Check>('compose_deploy_check');
    expect(await check()).toMatchObject({
      services: [
        { service: 'db', upToDate: true },
        { service: 'movie', upToDate: true },
        { service: 'side', upToDate: true },
      ],
      containers: [],
    });
    expect(await running.client.ask('compose_overview')).toMatch(
      /^OK: 3 of 3 services with all replicas ready; 0 findings/,
    );

    const keysOf = async (more: Readonly<Record<string, string>>): Promise<string> => {
      running.project.write('docker-compose.prod.yml', file(more));
      const [first, ...others] = (await check()).containers;
      expect(others).toEqual([]);
      expect(first).toMatchObject({ container: 'drift-movie-1', action: 'recreate' });
      return first?.keys ?? '';
    };
    expect(await keysOf({ environment: '- FIXED=2' })).toBe('environment.FIXED');
    expect(await keysOf({ environment: '- NEW=1' })).toBe('environment.FIXED, environment.NEW');
    expect(await keysOf({ command: 'sleep 2000' })).toBe('command');
    expect(await keysOf({ owner: 'somebody' })).toBe('labels.owner');
    expect(await keysOf({ interval: '20s' })).toBe('healthcheck');
    expect(await keysOf({ volume: 'other:/data' })).toBe('volumes');
    expect(await keysOf({ port: '127.0.0.1:18091:8080' })).toBe('ports');
    expect(await keysOf({ network: ', inner' })).toBe('networks');
    expect(await keysOf({ memory: '96M' })).toBe('deploy.resources.limits.memory');

    running.project.write('docker-compose.prod.yml', file());
    running.project.write('movie.env', 'TMDB_KEY=other\nQUOTED="two words"\n');
    expect((await check()).containers).toMatchObject([{ keys: 'environment.TMDB_KEY' }]);
    const said = await running.client.ask('compose_overview');
    expect(said).toContain('environment.TMDB_KEY');
    expect(said).not.toMatch(/abc|other|夜明け/); // names, never values
  });

  it('of limits alone is seen, though Compose cannot see it', async () => {
    await using running = await openProject(server(), {
      name: 'limits',
      file: file().replace('name: drift', 'name: limits').replace('18090', '18092'),
      files: { 'movie.env': '' },
      environment,
      up: ['--wait'],
      server: { env: environment },
    });
    const [movie] = (await server().ask(
      `/containers/json?filters=${encodeURIComponent('{"label":["com.docker.compose.project=limits","com.docker.compose.service=movie"]}')}`,
    )) as readonly { readonly Id: string }[];
    await server().ask(`/containers/${movie?.Id}/update`, 'POST', { Memory: 80 * 2 ** 20, MemorySwap: 160 * 2 ** 20 });
    expect(await running.client.ask('compose_overview')).toMatch(
      /\|warning\|LIMIT_DRIFT\|`movie`\|`1 of 1 have other limits than the files: memory`/,
    );
    expect(await running.client.data<Check>('compose_deploy_check')).toMatchObject({ containers: [] });
  });
});
