import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltClient } from '@cinecom/mcp-core/testing';
import type { DockerServer } from '@cinecom/testbed';
import { describeWithDocker, describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
/** Of the kernel, version 1 or 2 of control groups. */
const kernelLimit = (server: DockerServer, id: string): number => {
  const folder = server.folder.split('/').at(-1) ?? '';
  const [first, second] = [`memory/${folder}/${id}/memory.limit_in_bytes`, `${folder}/${id}/memory.max`].map((path) =>
    join('/sys/fs/cgroup', path),
  );
  return Number(readFileSync(existsSync(first ?? '') ? (first ?? '') : (second ?? ''), 'utf8'));
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
      expect(kernelLimit(server(), old.Id)).toBe(200 * mebibyte);
    }
    expect(await lab.client.ask('compose_set_resources', wanted)).toContain(
      'NOTHING TO DO: movie has memory 200m, reservation 32m, cpus 0.5, pids 60 already: its 2 replicas',
    );
    const diagnosis = await lab.client.ask('compose_diagnose', { service: 'movie' });
    expect(diagnosis).toContain('LIMIT_DRIFT');
    expect(diagnosis).toContain('memory, cpus, pids');
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
    // what lies in shared memory cannot be taken back
    const fill = ['dd', 'if=/dev/zero', 'of=/dev/shm/reel', 'bs=1M', 'count=50'];
    const exec = (await server().ask('/containers/live-movie-2/exec', 'POST', { Cmd: fill, AttachStderr: true })) as {
      readonly Id: string;
    };
    await server().ask(`/exec/${exec.Id}/start`, 'POST', { Detach: false });
    const before = await limitsOf(server(), 'live-movie-1');
    const refused = await lab.client.refusal('compose_set_resources', { service: 'movie', memory: '30m', pids: 77 });
    expect(refused.code).toBe('backend_error');
    expect(refused.text).toContain('(applied: no): live-movie-2 did not get its limits; 1 before it was put back');
    expect(refused.text).toContain('All limits are as before');
    for (const name of ['live-movie-1', 'live-movie-2']) expect(await limitsOf(server(), name)).toEqual(before);
    expect(kernelLimit(server(), (await inspect(server(), 'live-movie-1')).Id)).toBe(100 * mebibyte);
  });
});
