import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DockerServer } from '@cinecom/testbed';
import { describeWithDocker, describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBinary } from './support/binary.ts';
import { openProject, type RunningProject } from './support/project.ts';

const mebibyte = 1024 * 1024;
const unasked = ['--allow', 'write', '--confirm', 'never'];

interface Report {
  readonly file?: string;
  readonly lines: string;
  readonly changes: readonly { readonly container: string; readonly done: string }[];
  readonly replicas: readonly { readonly container: string; readonly limits: string; readonly asWanted: boolean }[];
}

interface Told {
  readonly Id: string;
  readonly HostConfig: Readonly<Record<string, number | null>>;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly StartedAt: string };
}

const inspect = async (server: DockerServer, name: string): Promise<Told> =>
  (await server.ask(`/containers/${name}/json`)) as Told;
const limitsOf = async (server: DockerServer, name: string): Promise<readonly (number | null | undefined)[]> => {
  const { HostConfig: host } = await inspect(server, name);
  return [host.Memory, host.MemorySwap, host.MemoryReservation, host.NanoCpus, host.PidsLimit];
};
/** Of the kernel, version 1 or 2 of control groups; undefined on an engine that the test bed only visits. */
const kernelLimit = (server: DockerServer, id: string): number | undefined => {
  const folder = server.folder.split('/').at(-1) ?? '';
  const found = [`memory/${folder}/${id}/memory.limit_in_bytes`, `${folder}/${id}/memory.max`]
    .map((path) => join('/sys/fs/cgroup', path))
    .find(existsSync);
  return found === undefined ? undefined : Number(readFileSync(found, 'utf8'));
};
const isOwn = process.env.TESTBED_DOCKER_HOST === undefined;

/** With what lies in shared memory: without swap it cannot be taken back. */
const fillMemory = async (server: DockerServer, name: string, mebibytes: number): Promise<void> => {
  const fill = ['dd', 'if=/dev/zero', 'of=/dev/shm/reel', 'bs=1M', `count=${mebibytes}`];
  const exec = await server.ask(`/containers/${name}/exec`, 'POST', { Cmd: fill, AttachStderr: true });
  await server.ask(`/exec/${(exec as { readonly Id: string }).Id}/start`, 'POST', { Detach: false });
};

const replicated = `services:
  movie:
    image: cinema/base:1
    network_mode: none
    mem_limit: 64m
    deploy:
      replicas: 2
  free:
    image: cinema/base:1
    network_mode: none
  bare:
    image: cinema/base:1
    network_mode: none
    deploy: { replicas: 2 }
  unswapped:
    image: cinema/base:1
    network_mode: none
    mem_limit: 64m
    memswap_limit: 64m
    cpu_quota: 50000
  swapped:
    image: cinema/base:1
    network_mode: none
    mem_limit: 64m
    memswap_limit: -1
`;

describeWithEachDocker('compose_set_resources, live', ({ server }) => {
  let lab: RunningProject;
  beforeAll(async () => {
    lab = await openProject(server(), { name: 'live', file: replicated, server: { argv: unasked } });
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());
  const set = (more: object): Promise<Report> => lab.client.data<Report>('compose_set_resources', { ...more });

  it('gives every replica what is wanted, the swap with it, and makes none anew', async () => {
    const before = await Promise.all(['live-movie-1', 'live-movie-2'].map((name) => inspect(server(), name)));
    const wanted = { service: 'movie', memory: '200MiB', memoryReservation: '32m', cpus: 0.5, pids: 60 };
    const report = await set(wanted);
    expect(report.replicas).toEqual(
      ['live-movie-1', 'live-movie-2'].map((container) => ({
        container,
        limits: 'memory 200m, reservation 32m, cpus 0.5, pids 60',
        asWanted: true,
      })),
    );
    for (const old of before) {
      const now = await inspect(server(), old.Id);
      expect(await limitsOf(server(), old.Id)).toEqual([200 * mebibyte, 400 * mebibyte, 32 * mebibyte, 5e8, 60]);
      expect(now.Config.Labels).toEqual(old.Config.Labels);
      expect(now.State.StartedAt).toBe(old.State.StartedAt);
      expect(kernelLimit(server(), old.Id)).toBe(isOwn ? 200 * mebibyte : undefined);
    }
    expect(await lab.client.ask('compose_set_resources', wanted)).toContain(
      'NOTHING TO DO: movie has memory 200m, reservation 32m, cpus 0.5, pids 60 already: its 2 replicas',
    );
    const diagnosis = await lab.client.ask('compose_diagnose', { service: 'movie' });
    expect(diagnosis).toContain('LIMIT_DRIFT');
    expect(diagnosis).toContain('memory, cpus, pids');
    expect(diagnosis).toContain('(docker-compose.prod.yml:5)');
    expect(await lab.client.ask('compose_inspect', { service: 'movie', section: 'limits' })).toContain(
      'Next: compose_set_resources {"service":"movie","memory":"200m","cpus":0.5,"pids":60,"target":"file"}',
    );
    expect(diagnosis).not.toContain('CONFIG_DRIFT');
  });

  it('keeps how far swap goes beyond memory, no swap and unlimited swap too', async () => {
    await set({ service: 'unswapped', memory: '96m', cpus: 0.25 });
    await set({ service: 'swapped', memory: '96m' });
    await set({ service: 'free', memory: '96m', pids: 40 });
    expect((await limitsOf(server(), 'live-unswapped-1')).slice(0, 2)).toEqual([96 * mebibyte, 96 * mebibyte]);
    expect((await inspect(server(), 'live-unswapped-1')).HostConfig).toMatchObject({ CpuQuota: 25_000, NanoCpus: 0 });
    expect((await limitsOf(server(), 'live-swapped-1')).slice(0, 2)).toEqual([96 * mebibyte, -1]);
    const diagnosis = await lab.client.ask('compose_diagnose', { service: 'swapped' });
    expect(diagnosis).toContain('LIMIT_DRIFT');
    expect(diagnosis).not.toContain('CONFIG_DRIFT');
    expect((await limitsOf(server(), 'live-free-1')).slice(0, 2)).toEqual([96 * mebibyte, 192 * mebibyte]);
    expect(await limitsOf(server(), 'live-movie-1')).toContain(200 * mebibyte);
  });

  it('puts back what was done when a replica cannot have its limit, and says which', async () => {
    await set({ service: 'movie', memory: '100m', memoryReservation: '16m' });
    await fillMemory(server(), 'live-movie-2', 50);
    const before = await limitsOf(server(), 'live-movie-1');
    const refused = await lab.client.refusal('compose_set_resources', { service: 'movie', memory: '30m', pids: 77 });
    expect(refused.code).toBe('backend_error');
    expect(refused.text).toContain('(applied: no): live-movie-2 did not get its limits; 1 before it was put back');
    expect(refused.text).toContain('All limits are as before');
    for (const name of ['live-movie-1', 'live-movie-2']) expect(await limitsOf(server(), name)).toEqual(before);
    expect(kernelLimit(server(), (await inspect(server(), 'live-movie-1')).Id)).toBe(
      isOwn ? 100 * mebibyte : undefined,
    );
  });

  it('tells which replica keeps what the engine cannot lift again', async () => {
    await fillMemory(server(), 'live-bare-2', 40);
    const refused = await lab.client.refusal('compose_set_resources', { service: 'bare', memory: '20m', pids: 77 });
    expect(refused.text).toContain('(applied: unknown): live-bare-2 did not get its limits; 1 before it was put back');
    expect(refused.text).toContain(
      'live-bare-1 keeps its new limit of memory: it had none, and the engine cannot lift one',
    );
    expect(refused.text).not.toContain('live-bare-2 keeps');
    expect((await inspect(server(), 'live-bare-1')).HostConfig).toMatchObject({ Memory: 20 * mebibyte, PidsLimit: 0 });
    expect((await inspect(server(), 'live-bare-2')).HostConfig).toMatchObject({ Memory: 0 });
  });
});

const main = `# the cinema
services:
  movie:
    image: cinema/base:1   # from scratch
    network_mode: none
    environment: { SEAT: "$$A" }

  ticket: { image: "cinema/base:1", network_mode: none, mem_limit: '32m' } # at the counter
`;
const override = `services:
  movie:
    # what it needs
    deploy:
      replicas: 2
`;
const writing = [...unasked, '--write-files'];

interface Files extends AsyncDisposable {
  readonly lab: RunningProject;
  readonly path: (name: string) => string;
  readonly text: (name: string) => string;
  /** Runs Compose over all files. */
  readonly compose: (...argv: readonly string[]) => Promise<string>;
  readonly set: (more: object) => Promise<Report>;
  readonly refusal: (more: object) => Promise<{ readonly code: string; readonly text: string }>;
}

/** A project of two files, of which the second is in force last. */
const openFiles = async (
  server: DockerServer,
  name: string,
  {
    first = main,
    second = override,
    argv = writing,
  }: { readonly first?: string; readonly second?: string; readonly argv?: readonly string[] } = {},
): Promise<Files> => {
  const lab = await openProject(server, {
    name,
    file: first,
    files: { 'second.yml': second },
    up: ['--scale', 'movie=0'],
  });
  const path = (file: string): string => join(lab.project.folder, file);
  const client = await openBinary(server, [lab.project.file, path('second.yml')], {
    argv: ['--project-name', name, ...argv],
  });
  return {
    lab,
    path,
    text: (file) => readFileSync(path(file), 'utf8'),
    compose: (...more) => lab.project.run('-f', path('second.yml'), ...more),
    set: (more) => client.data<Report>('compose_set_resources', { target: 'file', ...more }),
    refusal: (more) => client.refusal('compose_set_resources', { target: 'file', ...more }),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
    },
  };
};

describeWithDocker({}, 'compose_set_resources, in files', ({ server }) => {
  it('writes into the last file that defines the service, through a link, and up makes replicas with that', async () => {
    await using files = await openFiles(server(), 'filed', { second: override.replaceAll('\n', '\r\n') });
    const { path, text, set, compose, lab } = files;
    const before = text('second.yml');
    writeFileSync(path('real.yml'), before);
    chmodSync(path('real.yml'), 0o640);
    chownSync(path('real.yml'), 65_534, 65_534);
    symlinkSync('real.yml', path('link.yml'));
    await using linked = await openBinary(server(), [lab.project.file, path('link.yml')], {
      argv: ['--project-name', 'filed', ...writing],
    });
    const report = await linked.data<Report>('compose_set_resources', {
      service: 'movie',
      memory: '96m',
      cpus: 0.5,
      pids: 50,
      memoryReservation: '32m',
      target: 'file',
    });
    const added = [
      '      resources:',
      '        limits:',
      '          memory: 96m',
      '          cpus: "0.5"',
      '          pids: 50',
      '        reservations:',
      '          memory: 32m',
    ];
    expect(report).toMatchObject({ file: 'link.yml:6', lines: added.map((line) => `+${line}`).join('\n') });
    expect(text('real.yml')).toBe(before + added.map((line) => `${line}\r\n`).join(''));
    expect(lstatSync(path('link.yml')).isSymbolicLink()).toBe(true);
    expect(statSync(path('real.yml'))).toMatchObject({ mode: 0o100_640, uid: 65_534, gid: 65_534 });
    expect(text('docker-compose.prod.yml')).toBe(main);
    expect(readdirSync(lab.project.folder).toSorted()).toEqual([
      'docker-compose.prod.yml',
      'link.yml',
      'real.yml',
      'second.yml',
    ]);
    writeFileSync(path('second.yml'), text('real.yml'));
    await compose('up', '--detach', '--pull', 'never', '--timeout', '0');
    for (const name of ['filed-movie-1', 'filed-movie-2']) {
      expect(await limitsOf(server(), name)).toEqual([96 * mebibyte, 192 * mebibyte, 32 * mebibyte, 5e8, 50]);
    }
    await set({ service: 'ticket', memory: '48m' });
    expect(text('docker-compose.prod.yml')).toBe(main.replace("'32m'", "'48m'"));
    await compose('up', '--detach', '--pull', 'never', '--timeout', '0');
    expect((await limitsOf(server(), 'filed-ticket-1'))[0]).toBe(48 * mebibyte);
  });

  it('does both, or neither: the file goes back when a replica cannot have its limit', async () => {
    await using files = await openFiles(server(), 'both');
    const { set, refusal, text, compose } = files;
    await compose('up', '--detach', '--pull', 'never', '--timeout', '0');
    const report = await set({ service: 'ticket', memory: '64m', target: 'both' });
    expect(report.replicas).toEqual([{ container: 'both-ticket-1', limits: 'memory 64m', asWanted: true }]);
    expect(text('docker-compose.prod.yml')).toContain("mem_limit: '64m' } # at the counter");
    expect((await limitsOf(server(), 'both-ticket-1')).slice(0, 2)).toEqual([64 * mebibyte, 128 * mebibyte]);
    const before = text('docker-compose.prod.yml');
    await fillMemory(server(), 'both-ticket-1', 40);
    const refused = await refusal({ service: 'ticket', memory: '20m', target: 'both' });
    expect(refused.text).toContain('(applied: no): both-ticket-1 did not get its limits');
    expect(text('docker-compose.prod.yml')).toBe(before);
    expect((await limitsOf(server(), 'both-ticket-1')).slice(0, 2)).toEqual([64 * mebibyte, 128 * mebibyte]);
  });

  it('puts the file back when Compose makes more of it than was wanted', async () => {
    await using files = await openFiles(server(), 'wider');
    // the same file by another name: that the two belong together only Compose sees
    symlinkSync('docker-compose.prod.yml', files.path('alias.yml'));
    const first = `${main}  usher: { extends: { service: ticket, file: alias.yml } }\n`;
    writeFileSync(files.path('docker-compose.prod.yml'), first);
    const refused = await files.refusal({ service: 'ticket', memory: '64m' });
    expect(refused.code).toBe('backend_error');
    expect(refused.text).toContain('services.usher.mem_limit');
    expect(files.text('docker-compose.prod.yml')).toBe(first);
  });

  it('writes nothing without --write-files, and tells what to write by hand', async () => {
    await using files = await openFiles(server(), 'unwritten', { argv: unasked });
    const refused = await files.refusal({ service: 'ticket', memory: '64m' });
    expect(refused.code).toBe('not_configured');
    expect(refused.text).toContain('--write-files');
    expect(refused.text).toContain("docker-compose.prod.yml:8:\n-mem_limit: '32m'\n+mem_limit: '64m'");
    expect(files.text('docker-compose.prod.yml')).toBe(main);
  });

  it('proposes a further file where the service shares what would be changed, and that file works', async () => {
    const first = `x-small: &small\n  deploy: { resources: { limits: { memory: 32M } } }\n${main.replace('  movie:\n', '  movie:\n    <<: *small\n')}`;
    await using files = await openFiles(server(), 'shared', { first, second: 'services: {}\n' });
    const refused = await files.refusal({ service: 'movie', memory: '64m', cpus: 0.25 });
    expect(refused.code).toBe('invalid_input');
    expect(refused.text).toContain(
      'docker-compose.prod.yml cannot be changed for movie alone: deploy comes by a merge key',
    );
    const yaml = refused.text.slice(refused.text.indexOf('services:'));
    expect(yaml).toMatch(/memory: 64m\n\s+cpus: "0\.25"/);
    writeFileSync(files.path('second.yml'), yaml);
    const model = JSON.parse(await files.compose('config', '--format', 'json')) as {
      readonly services: Readonly<Record<string, { readonly deploy: { readonly resources: object } }>>;
    };
    expect(model.services.movie?.deploy.resources).toMatchObject({
      limits: { memory: String(64 * mebibyte), cpus: 0.25 },
    });
    expect(files.text('docker-compose.prod.yml')).toBe(first);
  });

  it('writes no file that is marked read-only, has a second name, or has changed since the plan', async () => {
    await using files = await openFiles(server(), 'guarded', { argv: ['--allow', 'write', '--write-files'] });
    const { path, text, refusal, lab } = files;
    chmodSync(path('docker-compose.prod.yml'), 0o444);
    expect(await refusal({ service: 'ticket', memory: '64m' })).toMatchObject({ code: 'backend_forbidden' });
    chmodSync(path('docker-compose.prod.yml'), 0o644);
    linkSync(path('second.yml'), path('again.yml'));
    expect(await refusal({ service: 'movie', memory: '64m' })).toMatchObject({ code: 'backend_unsupported' });
    expect(text('second.yml')).toBe(override);
    await using client = await openBinary(server(), [lab.project.file], {
      argv: ['--project-name', 'guarded', '--allow', 'write', '--write-files'],
    });
    const wanted = { service: 'ticket', memory: '64m', target: 'file' };
    const plan = await client.ask('compose_set_resources', wanted);
    expect(plan).toContain("write docker-compose.prod.yml:8: line 8 mem_limit: '32m' → mem_limit: '64m'");
    const code = /"confirm":"([^"]+)"/.exec(plan)?.[1] ?? '';
    const edited = `${main}# somebody was here\n`;
    writeFileSync(path('docker-compose.prod.yml'), edited);
    expect(await client.refusal('compose_set_resources', { ...wanted, confirm: code })).toMatchObject({
      code: 'stale_plan',
    });
    expect(text('docker-compose.prod.yml')).toBe(edited);
  });

  it('refuses limits that cannot be, with what is allowed, and what the settings forbid', async () => {
    await using files = await openFiles(server(), 'bounds', { argv: [...unasked, '--protect', 'movie'] });
    const live = (more: object) => files.refusal({ service: 'ticket', target: 'live', ...more });
    for (const [more, words] of [
      [{}, 'Give at least one of memory, cpus, memoryReservation, pids'],
      [{ memory: '5m' }, 'Allowed: 6m to'],
      [{ memory: '900t' }, 'Allowed: 6m to'],
      [{ memory: 'lots' }, '512m, 1.5g'],
      [{ cpus: 0.001 }, 'Allowed: 0.01 to'],
      [{ cpus: 4096 }, 'Allowed: 0.01 to'],
      [{ pids: 0 }, 'expected 1 to'],
      [{ memoryReservation: '64m' }, 'memoryReservation up to 32m'],
      [{ service: 'nobody', memory: '64m' }, 'no service of that name'],
      [{ service: 'movie', memory: '64m' }, 'protected'],
    ] as const) {
      expect((await live(more)).text).toContain(words);
    }
    expect((await limitsOf(server(), 'bounds-ticket-1'))[0]).toBe(32 * mebibyte);
  });
});
