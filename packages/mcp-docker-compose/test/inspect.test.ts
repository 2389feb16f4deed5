import { describeWithDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProject, type RunningProject } from './support/project.ts';

const file = (greeting: string) => `x-common: &common
  restart: always
services:
  movie:
    <<: *common
    image: cinema/base:1
    environment:
      GREETING: ${greeting}
      DB_PASSWORD: "correct-horse"
    env_file: [movie.env]
    command: ["sh", "-c", "echo correct-horse; sleep 100000"]
    healthcheck: { test: ["CMD", "true"], interval: 1s }
    labels: { tier: gold }
    volumes: ["data:/data", "./conf:/conf:ro"]
    deploy: { replicas: 2, resources: { limits: { memory: 64M } } }
volumes: { data: {} }
`;

interface Inspected {
  readonly drift: string;
  readonly rows: readonly {
    readonly item: string;
    readonly file: string;
    readonly live: string;
    readonly differs?: string;
    readonly line?: string;
  }[];
  readonly containers: readonly { readonly container: string; readonly state: string; readonly differs: string }[];
}

describeWithDocker({}, 'compose_inspect', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), {
      name: 'inspect',
      file: file('hello'),
      files: { 'movie.env': 'FROM_FILE=some-value\n', 'conf/a': '' },
      up: ['--wait'],
    });
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  const of = async (section: string): Promise<Inspected> =>
    lab.client.data<Inspected>('compose_inspect', { service: 'movie', section });

  const tier = async () => (await of('labels')).rows.find(({ item }) => item === 'tier');

  it('finds nothing that differs of what was not changed, in any section', async () => {
    for (const section of ['summary', 'env', 'mounts', 'networks', 'health', 'limits', 'labels']) {
      const { rows, drift } = await of(section);
      expect([section, rows.length > 0, drift, rows.filter(({ differs }) => differs === 'yes')]).toEqual([
        section,
        true,
        '',
        [],
      ]);
    }
  });

  it('shows names of variables, where they are set, and no value', async () => {
    const text = await lab.client.ask('compose_inspect', { service: 'movie', section: 'env' });
    expect(text).toContain('|`DB_PASSWORD`|`set`|`set`|no|`docker-compose.prod.yml:9`|');
    expect(text).toContain('|`FROM_FILE`|`set`|`set`|no|`docker-compose.prod.yml:10`|');
    expect(text).toMatch(/\|`PATH`\|\|`set by the image`\|no/);
    const summary = await lab.client.ask('compose_inspect', { service: 'movie' });
    expect(summary).toContain('`sh -c echo ***; sleep 100000`');
    for (const value of ['correct-horse', 'some-value', 'hello']) expect(text + summary).not.toContain(value);
  });

  it('names lines through anchors', async () => {
    const { rows } = await of('summary');
    expect(rows.find(({ item }) => item === 'restart')).toEqual({
      item: 'restart',
      file: 'always',
      live: 'always',
      differs: 'no',
      line: 'docker-compose.prod.yml:2',
    });
  });

  it('tells mounts, networks, health and labels side by side', async () => {
    const mounts = (await of('mounts')).rows.map(({ item, file: wanted }) => `${item}: ${wanted}`);
    expect(mounts).toEqual([
      `/conf: bind ${lab.project.folder}/conf, read-only`,
      '/data: volume inspect_data, writable',
    ]);
    expect((await of('networks')).rows[0]).toMatchObject({ item: 'inspect_default', file: 'joined', differs: 'no' });
    expect(await tier()).toMatchObject({ file: 'gold', live: 'gold', differs: 'no' });
    const health = await of('health');
    expect(health.containers[0]?.state).toBe('running, healthy');
    expect(health.rows[0]).toMatchObject({ item: 'test', file: 'CMD true', live: 'CMD true' });
    expect(health.rows.find(({ item }) => item === 'probe')?.live).toMatch(/^exit 0 after/);
  });

  it('names what a file has changed since, and limits that were changed on a container alone', async () => {
    const containers = (await server().ask('/containers/json')) as { readonly Id: string; readonly Names: string[] }[];
    const first = containers.find(({ Names }) => Names.includes('/inspect-movie-1'))!;
    await server().ask(`/containers/${first.Id}/update`, 'POST', { Memory: 128 * 1024 * 1024, MemorySwap: -1 });
    const limits = await of('limits');
    expect(limits.drift).toBe('limits on the container alone: memory');
    expect(limits.rows[0]).toMatchObject({ item: 'memory', file: '67.1 MB', differs: 'yes' });
    expect(limits.rows[0]?.live).toMatch(/^\d+(\.\d)? MB \(1\); \d+(\.\d)? MB \(1\)$/);
    lab.project.write('docker-compose.prod.yml', file('bonjour').replace('gold', 'silver'));
    const env = await of('env');
    expect(env.drift).toContain('environment.GREETING, labels.tier');
    expect(env.rows.filter(({ differs }) => differs === 'yes').map(({ item }) => item)).toEqual(['GREETING']);
    expect(await tier()).toMatchObject({ file: 'silver', live: 'gold', differs: 'yes' });
    expect(await lab.client.ask('compose_inspect', { service: 'movie' })).toContain(
      'Next: compose_deploy_check {"services":["movie"]}',
    );
  });

  it('still shows what runs when the file is broken', async () => {
    lab.project.write('docker-compose.prod.yml', 'services: [');
    const text = await lab.client.ask('compose_inspect', { service: 'movie' });
    expect(text).toContain('the files are not known');
    expect(text).toContain('Not examined: what the files ask for');
    expect(text).toContain('`inspect-movie-1`');
    lab.project.write('docker-compose.prod.yml', file('hello'));
    expect((await lab.client.refusal('compose_inspect', { service: '*' })).code).toBe('invalid_input');
  });
});
