import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  cinemaService,
  type ComposeProject,
  composeProject,
  type DockerServer,
  importCinema,
  missingDocker,
  removeProject,
  startDocker,
  startTraffic,
} from '@cinecom/testbed';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';

const containers = 100;
const perSecond = 500;
const replicas = 3;

/** How fast a large project is looked at, and what an update loses: beside plain `up`, and beside docker-rollout's method. */
export async function dockerComposeFigures(binary: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const missing = missingDocker({});
  if (missing !== undefined) {
    console.error(`docker compose: not measured: ${missing}`);
    return [];
  }
  const server = await startDocker({});
  try {
    const commands = join(server.folder, 'commands');
    mkdirSync(commands);
    symlinkSync(server.composeProgram, join(commands, 'docker-compose'));
    const around = { ...env, DOCKER_HOST: server.host, PATH: commands };
    return [...(await overviewFigures(server, binary, around)), ...(await updateFigures(server, binary, around))];
  } finally {
    await server.stop();
  }
}

async function overviewFigures(
  server: DockerServer,
  binary: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  await server.importBase('bench/base:1');
  const file = `name: many\nservices:\n  idle:\n    image: bench/base:1\n    init: true\n    deploy: { replicas: ${containers} }\n`;
  const project = composeProject(server, { name: 'many', file });
  await project.run('up', '--detach', '--pull', 'never');
  const client = new LineClient([binary, '--rate', '0', '--file', project.file], env);
  try {
    await client.request('server/discover');
    const times: number[] = [];
    let bytes = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const began = performance.now();
      bytes = Buffer.byteLength(await ask(client, 'compose_overview', {}));
      times.push(performance.now() - began);
    }
    const median = times.toSorted((a, b) => a - b)[2] ?? 0;
    const how = 'median of 5 calls over stdio: files resolved, every container inspected';
    return [
      { name: `compose_overview, ${containers} containers`, value: median, unit: 'ms', target: { atMost: 1000 }, how },
      { name: 'compose_overview: answer', value: bytes, unit: 'B', target: { atMost: 8000 }, how: 'the same' },
    ];
  } finally {
    await client.close();
    await removeProject(project);
  }
}

type Update = (project: ComposeProject) => Promise<void>;

async function updateFigures(server: DockerServer, binary: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const ways: Readonly<Record<string, Update>> = {
    compose_rollout: (project) => byRollout(project, binary, env),
    'docker compose up': async (project) => void (await project.run('up', '--detach', '--pull', 'never', '--wait')),
    "docker-rollout's method": (project) => byDoubling(server, project),
  };
  const figures: Figure[] = [];
  for (const [name, update] of Object.entries(ways)) figures.push(...(await measure(server, name, update)));
  return figures;
}

async function measure(server: DockerServer, way: string, update: Update): Promise<readonly Figure[]> {
  const name = 'bench';
  for (const version of ['1', '2']) await importCinema(server, { reference: `bench/movie:${version}`, version });
  const file = (version: string): string =>
    `name: ${name}\nservices:\n${cinemaService({ image: `bench/movie:${version}`, replicas })}`;
  const project = composeProject(server, { name, file: file('1') });
  await project.run('up', '--detach', '--pull', 'never', '--wait');
  try {
    const traffic = await startTraffic(server, { project: name, service: 'movie', port: 8080, perSecond });
    project.write('docker-compose.prod.yml', file('2'));
    const began = performance.now();
    await update(project);
    const seconds = (performance.now() - began) / 1000;
    const { requests, failed, minimumReady } = await traffic.stop();
    const how = `of ${requests} at ${perSecond}/s through a balancer that goes by health, ${replicas} replicas, ${seconds.toFixed(0)} s; fewest ready ${minimumReady}`;
    const target = way === 'compose_rollout' ? { target: { atMost: 0 } } : {};
    return [{ name: `update by ${way}: failed requests`, value: failed, unit: 'requests', ...target, how }];
  } finally {
    await removeProject(project);
  }
}

async function byRollout(project: ComposeProject, binary: string, env: NodeJS.ProcessEnv): Promise<void> {
  const client = new LineClient([binary, '--allow', 'write', '--confirm', 'never', '--file', project.file], env);
  try {
    await client.request('server/discover');
    const told = await ask(client, 'compose_rollout', {
      services: ['movie'],
      parallelism: 1,
      monitorSeconds: 1,
      waitSeconds: 45,
    });
    if (!told.includes('SUCCEEDED: ')) throw new Error(told);
  } finally {
    await client.close();
  }
}

/** Twice as many by `--scale`, wait until they are healthy, stop and remove the old ones: no drain, all at once. */
async function byDoubling(server: DockerServer, project: ComposeProject): Promise<void> {
  const old = await idsOf(server);
  await project.run('up', '--detach', '--no-recreate', '--pull', 'never', '--scale', `movie=${2 * replicas}`, 'movie');
  while ((await idsOf(server, 'healthy')).length < 2 * replicas) await delay(100);
  await Promise.all(old.map((id) => server.ask(`/containers/${id}/stop`, 'POST')));
  await Promise.all(old.map((id) => server.ask(`/containers/${id}`, 'DELETE')));
}

async function idsOf(server: DockerServer, health?: string): Promise<readonly string[]> {
  const filters = {
    label: ['com.docker.compose.project=bench'],
    ...(health === undefined ? {} : { health: [health] }),
  };
  const list = await server.ask(`/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  return (list as readonly { readonly Id: string }[]).map(({ Id }) => Id);
}

/** @returns the answer's text. @throws Error with the text of a failed one */
async function ask(client: LineClient, name: string, args: Readonly<Record<string, unknown>>): Promise<string> {
  const { message } = await client.request('tools/call', { name, arguments: args });
  const result = message.result as {
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
  };
  const text = result?.content?.[0]?.text ?? '';
  if (message.error !== undefined || result.isError === true) throw new Error(message.error?.message ?? text);
  return text;
}
