import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { composeProject } from '../src/index.ts';
import { describeWithDocker } from '../src/vitest.ts';

const built = new URL('../dist/index.js', import.meta.url).href;

const file = `
services:
  movie:
    image: cinema/base:1
    deploy: { replicas: 2, resources: { limits: { memory: 32M } } }
    ports: ["18080-18090:8080"]
    volumes: [data:/data]
volumes: { data: {} }
`;

/** What an engine over `folder` has on this machine: processes, mounts, control groups, files. */
function traces(folder: string): Record<string, readonly string[]> {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const groups = readdirSync('/sys/fs/cgroup').map((hierarchy) => join('/sys/fs/cgroup', hierarchy, basename(folder)));
  return {
    processes: processes.filter((line) => line.includes(folder)),
    mounts: readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder)),
    groups: groups.filter((group) => existsSync(group)),
    links: links(),
    files: existsSync(folder) ? [folder] : [],
  };
}

const links = (): string[] => readdirSync('/sys/class/net').filter((name) => /^(docker|br-|veth)/.test(name));
const linksBefore = links();
const nothing = { processes: [], mounts: [], groups: [], links: linksBefore, files: [] };

/** Starts an engine with running containers from the built test bed, says where it is, and waits. */
const owner = (afterwards: string) => `
  const { composeProject, startDocker } = await import(${JSON.stringify(built)});
  const server = await startDocker({ control: true });
  await server.importBase('cinema/base:1');
  await composeProject(server, { name: 'cinema', file: ${JSON.stringify(file)} }).run('up', '-d', '--pull', 'never');
  ${afterwards}
  console.log(server.folder);
  setInterval(() => {}, 1000);
`;

describeWithDocker({ control: true }, 'when a Docker engine with running containers ends', ({ server }) => {
  it('by stop, nothing is left of it', async () => {
    await server().importBase('cinema/base:1');
    await composeProject(server(), { name: 'cinema', file }).run('up', '-d', '--pull', 'never');
    expect(traces(server().folder).groups).not.toEqual([]);
    await server().stop();
    await vi.waitFor(() => expect(traces(server().folder)).toEqual(nothing), 5000);
  });

  for (const [name, afterwards] of [
    ['with the process that started it', ''],
    ['with the process that started it, while it is held', 'server.pause();'],
  ] as const) {
    it(`${name}, nothing is left of it`, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', owner(afterwards)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const [folder] = (await once(createInterface(child.stdout), 'line')) as [string];
      expect(traces(folder).groups).not.toEqual([]);
      child.kill('SIGKILL');
      await exited;
      await vi.waitFor(() => expect(traces(folder)).toEqual(nothing), 15_000);
    });
  }
});
