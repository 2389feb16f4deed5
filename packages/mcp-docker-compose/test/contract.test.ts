import { systemClock } from '@cinecom/mcp-core';
import { contract } from '@cinecom/mcp-core/testing';
import { cinemaService, composeProject, importCinema } from '@cinecom/testbed';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { beforeAll, it } from 'vitest';
import { connect } from '../src/backend/connect.ts';
import type { ComposeBackend } from '../src/backend/port.ts';
import type { Container } from '../src/model/container.ts';
import type { Heals } from '../src/model/heal.ts';
import type { RolloutRecord, Snapshot } from '../src/model/rollout.ts';
import type { Resources } from '../src/model/resources.ts';
import type { Rollouts } from '../src/model/rollouts.ts';
import { server } from '../src/server.ts';
import { type ComposeSettings, composeSettings } from '../src/settings.ts';
import { environmentOf } from './support/binary.ts';
import { remembered } from './support/remembered.ts';

const inputs = {
  compose_overview: {},
  compose_diagnose: {},
  compose_inspect: { service: 'movie' },
  compose_lint: {},
  compose_logs: {},
  compose_events: {},
  compose_stats: { windowSeconds: 2 },
  compose_images: {},
  compose_deploy_check: {},
  compose_rollout: { services: ['movie'] },
  compose_rollout_status: {},
  compose_rollback: { snapshot: 's-1' },
  compose_snapshot: {},
  compose_restart: { services: ['movie'] },
  compose_up: { services: ['movie'], recreate: true },
  compose_stop: { services: ['movie'] },
  compose_scale: { service: 'movie', replicas: 3 },
  compose_set_resources: { service: 'movie', memory: '64m' },
  compose_cleanup: { what: ['orphans'], olderThan: '0s' },
  compose_heal: {},
  compose_autoscale_check: {},
  compose_rightsize: {},
};

/** Told by the engine or our own adapter, never by an outsider; what a tool decides by. */
const notOutside = new Set([
  'id',
  'status',
  'kind',
  'mode',
  'hash',
  'imageId',
  'configHash',
  'fingerprint',
  'onFailure',
  'snapshot',
  'condition',
  'order',
  'type',
  'logDriver',
  'outcome',
  'restartPolicy',
]);

const definition = { hash: 'h', imageId: 'sha256:1', keptAs: 'contract/movie:1', create: {}, networks: {} };
const snapshot: Snapshot = {
  id: 's-1',
  project: 'contract',
  at: 1_700_000_000_000,
  label: '',
  services: [{ service: 'movie', replicas: 2, definitions: [definition] }],
};
const record: RolloutRecord = {
  id: 'r-1',
  project: 'contract',
  startedAt: 1_700_000_000_000,
  endedAt: 1_700_000_001_000,
  status: 'succeeded',
  snapshot: 's-1',
  services: [],
  steps: [{ at: 1_700_000_000_000, service: 'movie', kind: 'create', containers: [], detail: '1 more' }],
  minimumReady: {},
  ungraceful: [],
  reason: '',
};
const change = [{ container: 'contract-movie-1', done: 'restarted' }];

/** Applied for good, there would be nothing left to do for the next case. */
const rollouts: Rollouts = {
  snapshot: async () => snapshot,
  snapshots: async () => [snapshot],
  records: async () => [record],
  run: async () => record,
  restore: async () => record,
  scale: async () => change,
  restart: async () => change,
  stop: async () => change,
  bringUp: async () => change,
  discard: async () => change,
};

const resources: Resources = { fileHash: async () => 'h', change: async () => change };

const place = { host: '', file: '', path: '' };

let real: Promise<ComposeBackend> | undefined;

/** The real project, but for what is changed: it must be there to be changed in each case. */
async function backend(): Promise<ComposeBackend> {
  real ??= open();
  const close = async (): Promise<void> => undefined; // one connection serves all cases
  return { ...(await real), rollouts, resources, close };
}

async function open(): Promise<ComposeBackend> {
  const defaults = Object.entries(composeSettings).map(([name, { schema }]) => [
    name,
    schema.safeParse(undefined).data,
  ]);
  const settings = { ...Object.fromEntries(defaults), file: [place.file], dockerHost: place.host } as ComposeSettings;
  process.env.PATH = place.path;
  const signal = AbortSignal.timeout(10_000);
  const { engine, history, compose, ...rest } = await connect({
    settings,
    signal,
    clock: systemClock,
    log: () => undefined,
  });
  const once = remembered(engine);
  return { ...rest, engine: once, history: remembered(history), compose: remembered(compose), heals: ill(once) };
}

/** All that runs is unhealthy, and gets well at once. */
function ill(engine: ComposeBackend['engine']): Heals {
  return {
    async looks(signal) {
      const all = (await engine.containers(signal)).map(unwell);
      return { earlier: all, later: all };
    },
    records: async () => [],
    act: async () => ({ outcome: 'ready', incident: 'i-1', detail: 'healthy' }),
  };
}

function unwell(container: Container): Container {
  const probes = { test: [], intervalMs: 1000, timeoutMs: 1000, retries: 2, startPeriodMs: 0 };
  return { ...container, health: { ...probes, status: 'unhealthy', failingStreak: 3, log: [] } };
}

const cases = await contract(server, {
  connect: backend,
  env: {},
  inputs,
  keep: (_text, path) => notOutside.has(path.at(-1) ?? ''),
  secrets: {
    AUDIT_LOG_KEY: (planted) => planted,
    MCP_ENCRYPTION_KEY: (planted) => planted,
  },
});

describeWithDocker({}, 'every tool withstands every attack of the core', (bed) => {
  beforeAll(async () => {
    const docker = bed.server();
    await importCinema(docker, { reference: 'contract/movie:1', version: '1' });
    await importCinema(docker, { reference: 'contract/movie:2', version: '2' });
    const movie = (version: string, name = 'movie'): string =>
      cinemaService({ name, image: `contract/movie:${version}`, healthCheck: false });
    const file = (version: string, more = ''): string => `name: contract\nservices:\n${movie(version)}${more}`;
    const project = composeProject(docker, { name: 'contract', file: file('1', movie('1', 'film')) });
    await project.run('up', '--detach', '--pull', 'never', '--wait');
    project.write('docker-compose.prod.yml', file('2')); // so that there is something to update, and film is an orphan
    Object.assign(place, {
      host: docker.host,
      file: project.file,
      path: `${environmentOf(docker).PATH}:${process.env.PATH}`,
    });
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { run }) => run());
});
