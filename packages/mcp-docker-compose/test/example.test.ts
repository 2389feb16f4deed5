import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempState } from '@cinecom/mcp-core/testing';
import { composeProject, type DockerServer, importCinema, removeProject } from '@cinecom/testbed';
import { describeWithDocker, describeWithEachDocker } from '@cinecom/testbed/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type AllowListProxy, type AllowRule, rulesOf, startAllowListProxy } from './support/allow-list-proxy.ts';
import { binary, environmentOf, openBinary } from './support/binary.ts';
import { startDaemon } from './support/daemon.ts';
import { baseImage } from './support/project.ts';

const example = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../examples/docker-compose/${name}`, import.meta.url)), 'utf8');

const listOf = (service: 'read' | 'write') => {
  const { services } = parse(example('socket-proxy.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly command: readonly string[] }>>;
  };
  return rulesOf(services[service]?.command ?? []);
};

const fileOf = (version: number): string => `
services:
  movie:
    image: ${baseImage}
    environment: { VERSION: "${version}" }
    stop_grace_period: 1s
    command: ["sh", "-c", "[ -f /etc/bad ] || touch /tmp/ready; exec sleep 100000"]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ready"], interval: 500ms, timeout: 3s, retries: 1, start_period: 2s }
    labels: { cinecom.drain: "rm -f /tmp/ready" }
    volumes: ["reels:/reels"]
    networks: [front, back]
    deploy: { replicas: 2 }
volumes: { reels: {} }
networks: { front: {}, back: {} }
`;

async function open(server: DockerServer, name: string, list: 'read' | 'write', argv: readonly string[] = []) {
  await server.importBase(baseImage);
  const project = composeProject(server, { name, file: fileOf(1) });
  onTestFinished(() => removeProject(project));
  const proxy = await startAllowListProxy(server, listOf(list));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const state = await tempState();
  onTestFinished(() => state.remove());
  const env = { DOCKER_HOST: proxy.host };
  const client = await openBinary(server, [project.file], { state, env, argv: ['--project-name', name, ...argv] });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return { project, proxy, client, env };
}

async function statusOf({ host }: AllowListProxy, method: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath: host.slice('unix://'.length), method, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

/** Beyond reading or changing replicas; a method without any rule is refused as such. */
const beyond = [
  ['GET', '/containers/movie-1/export', 403],
  ['GET', '/containers/movie-1/archive', 403],
  ['GET', '/v1.41/images/cinema/base:1/get', 403],
  ['GET', '/containers/x/../../secrets/json', 403],
  ['PUT', '/containers/movie-1/archive', 405],
] as const;

describeWithEachDocker('examples/docker-compose/socket-proxy.yaml', ({ server }) => {
  it('lets every reading tool read with its read list, all of which is needed, and nothing else', async () => {
    const name = 'proxied-read';
    const { project, proxy, client, env } = await open(server(), name, 'read');
    await project.run('up', '--detach', '--pull', 'never', '--wait');
    const { tools } = await client.server.client.listTools();
    const inputs: Readonly<Record<string, object>> = {
      compose_inspect: { service: 'movie' },
      compose_stats: { windowSeconds: 2 },
      compose_logs: {},
    };
    for (const tool of tools)
      expect(await client.ask(tool.name, { ...inputs[tool.name] })).not.toContain('proxy in front');
    expect(tools.length).toBeGreaterThanOrEqual(10);
    const argv = [binary, 'check', '--file', project.file, '--project-name', name];
    await using state = await tempState();
    const checked = await promisify(execFile)(process.execPath, argv, {
      env: { ...environmentOf(server()), ...state.env, ...env },
    });
    expect(checked.stdout).toContain('passes every request that reads');
    // only Compose 2.26 asks the engine as it reads the files
    const needed = (): readonly AllowRule[] =>
      proxy.unused().filter(({ method }) => method !== 'HEAD' || server().engine === '20.10');
    await expect.poll(needed, { timeout: 20_000 }).toEqual([]);
    expect(proxy.refused).toEqual([]);

    for (const [method, path, status] of beyond) expect(await statusOf(proxy, method, path)).toBe(status);
    expect(await statusOf(proxy, 'POST', '/containers/create')).toBe(405);
    const argvOf = ['--project-name', name, '--allow', 'write', '--confirm', 'never'];
    await using changing = await openBinary(server(), [project.file], { env, argv: argvOf });
    expect(await changing.refusal('compose_restart', { services: ['movie'] })).toMatchObject({
      code: 'backend_forbidden',
    });
  });
});

describeWithDocker({}, 'examples/docker-compose/socket-proxy.yaml for changes', ({ server }) => {
  it(
    'lets every change be made with its write list, all of which is needed, and nothing else',
    { timeout: 240_000 },
    async () => {
      const argv = ['--allow', 'destructive', '--confirm', 'never', '--keep-snapshots', '1'];
      const { project, proxy, client, env } = await open(server(), 'proxied', 'write', argv);
      const movie = { services: ['movie'] };
      const isReady = async (replica: string): Promise<boolean> => {
        const { State } = (await server().ask(`/containers/${replica}/json`)) as {
          readonly State: { readonly Health: { readonly Status: string } };
        };
        return State.Health.Status === 'healthy';
      };
      await client.data('compose_up', movie);
      await expect.poll(() => isReady('proxied-movie-2'), { timeout: 30_000 }).toBe(true);
      project.write('docker-compose.prod.yml', fileOf(2));
      const rollout = await client.data<Report>('compose_rollout', { ...movie, parallelism: 1, monitorSeconds: 1 });
      expect(rollout.status).toBe('succeeded');
      expect(await client.data('compose_rollback', { rollout: rollout.id })).toMatchObject({ status: 'succeeded' });
      await client.data('compose_snapshot');
      await client.data('compose_restart', movie);
      await client.data('compose_scale', { service: 'movie', replicas: 1 });
      await client.data('compose_set_resources', { service: 'movie', memory: '64m' });
      expect(await client.data<Overview>('compose_overview')).toMatchObject({ services: [{ running: 1, ready: 1 }] });

      const [left] = await replicasOf(server(), 'proxied');
      const { Id } = (await server().ask(`/containers/${left}/exec`, 'POST', {
        Cmd: ['sh', '-c', 'touch /etc/bad; rm /tmp/ready'],
      })) as { readonly Id: string };
      await server().ask(`/exec/${Id}/start`, 'POST', { Detach: true });
      await expect.poll(() => isReady(left ?? ''), { timeout: 30_000 }).toBe(false);
      const rungs: string[] = [];
      const heal = async (): Promise<readonly string[]> => {
        const { actions = [] } = await client.data<{ readonly actions?: readonly { readonly done: string }[] }>(
          'compose_heal',
        );
        rungs.push(...actions.map(({ done }) => done));
        return rungs;
      };
      await expect.poll(heal, { timeout: 60_000, interval: 1000 }).toEqual(['restart', 'recreate']);
      expect(await isReady(left ?? '')).toBe(true);

      for (const tool of ['compose_diagnose', 'compose_logs', 'compose_events', 'compose_images'])
        await client.ask(tool);
      await client.data('compose_stats', { windowSeconds: 2 });
      await client.data('compose_stop', { ...movie, remove: true });
      await using state = await tempState();
      await promisify(execFile)(process.execPath, [binary, 'check', '--file', project.file], {
        env: { ...environmentOf(server()), ...state.env, ...env },
      });
      await expect.poll(() => proxy.unused(), { timeout: 20_000 }).toEqual([]);
      expect(proxy.refused).toEqual([]);

      for (const [method, path, status] of beyond) expect(await statusOf(proxy, method, path)).toBe(status);
      for (const path of ['/containers/prune', '/images/prune', '/build', '/containers/x/kill', '/plugins/pull']) {
        expect(await statusOf(proxy, 'POST', path)).toBe(403);
      }
      expect(await statusOf(proxy, 'DELETE', '/volumes/proxied_reels')).toBe(403);
    },
  );
});

describeWithDocker({}, 'examples/docker-compose/compose.yaml', ({ server }) => {
  it(
    'runs, has nothing to find fault with, and is updated as its labels and update_config say',
    { timeout: 180_000 },
    async () => {
      for (const reference of ['cinema/movie:1', 'cinema/movie:2', 'cinema/posters:1']) {
        await importCinema(server(), { reference, version: reference.slice(-1) });
      }
      const project = composeProject(server(), { name: 'cinema', file: example('compose.yaml') });
      onTestFinished(() => removeProject(project));
      await project.run('up', '--detach', '--pull', 'never', '--wait');
      await using client = await openBinary(server(), [project.file], {
        argv: ['--allow', 'write', '--confirm', 'never'],
      });
      expect(await client.ask('compose_overview')).toMatch(/^OK: 2 of 2 services with all replicas ready; 0 findings/);
      expect(await client.ask('compose_autoscale_check')).toContain('movie');
      project.write('docker-compose.prod.yml', example('compose.yaml').replace('cinema/movie:1', 'cinema/movie:2'));
      expect(await client.data('compose_deploy_check', movieOnly)).toMatchObject({
        services: [{ service: 'movie', zeroDowntime: 'yes' }],
      });
      const { id } = await client.data<Report>('compose_rollout', movieOnly);
      const status = async () =>
        (await client.data<{ readonly rollout: object }>('compose_rollout_status', { id })).rollout;
      await expect.poll(status, { timeout: 120_000, interval: 1000 }).not.toMatchObject({ status: 'running' });
      expect(await status()).toMatchObject({
        status: 'succeeded',
        services: [{ mode: 'start-first', parallelism: 1, minimumReady: 2 }],
      });
      // of the one without a health check the label tells when it is ready
      const lint = await client.data<{ readonly findings: readonly Finding[] }>('compose_lint');
      expect(lint.findings.filter(({ severity }) => severity !== 'info').map(({ id, object }) => [id, object])).toEqual(
        [['NO_HEALTHCHECK', expect.stringContaining('posters') as string]],
      );
    },
  );

  it('comes with a proxy that Compose takes, of a socket for one account', async () => {
    const environment = { CINECOM_UID: '1234', DOCKER_GID: '567' };
    const file = example('socket-proxy.yaml');
    const project = composeProject(server(), { name: 'socket-proxy', file, environment });
    onTestFinished(() => removeProject(project));
    const { services } = JSON.parse(await project.run('config', '--format', 'json')) as {
      readonly services: Readonly<Record<string, object>>;
    };
    for (const name of ['read', 'write']) {
      expect(services[name]).toMatchObject({ user: '1234:567', network_mode: 'none', read_only: true });
    }
  });

  it('has jobs that a daemon takes', async () => {
    const project = composeProject(server(), { name: 'cinema-jobs', file: example('compose.yaml') });
    const settings = parse(example('jobs.yaml').replaceAll('${SLACK_WEBHOOK}', 'https://hooks.example/x')) as object;
    await using state = await tempState();
    const argv = ['--file', project.file, '--allow', 'write'];
    await using daemon = await startDaemon(server(), { state, settings, argv });
    for (const job of ['overview: compose_overview', 'heal: compose_heal', 'scale: compose_scale']) {
      await expect.poll(() => daemon.stderr(), { timeout: 15_000 }).toContain(`job ${job}, next `);
    }
    expect(await daemon.end()).toBe(0);
  });
});

const movieOnly = { services: ['movie'] };

interface Report {
  readonly id: string;
  readonly status: string;
}

interface Overview {
  readonly services: readonly object[];
}

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly object: string;
}

async function replicasOf(server: DockerServer, project: string): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const list = (await server.ask(`/containers/json?filters=${filters}`)) as readonly {
    readonly Names: readonly string[];
  }[];
  return list.map(({ Names }) => Names[0]?.slice(1) ?? '');
}
