import { systemClock } from '@cinecom/mcp-core';
import { contract } from '@cinecom/mcp-core/testing';
import { cinemaService, composeProject, importCinema } from '@cinecom/testbed';
import { describeWithDocker } from '@cinecom/testbed/vitest';
import { beforeAll, it } from 'vitest';
import { connect } from '../src/backend/connect.ts';
import type { ComposeBackend } from '../src/backend/port.ts';
import type { ComposeModel } from '../src/model/compose-model.ts';
import type { Container } from '../src/model/container.ts';
import type { Heals } from '../src/model/heal.ts';
import type { RolloutRecord, Snapshot } from '../src/model/rollout.ts';
import type { Rollouts } from '../src/model/rollouts.ts';
import type { StatsPair } from '../src/model/stats.ts';
import { server } from '../src/server.ts';
import { type ComposeSettings, composeSettings } from '../src/settings.ts';
import { environmentOf } from './support/binary.ts';

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
  compose_up: { services: ['movie'] },
  compose_stop: { services: ['movie'] },
  compose_scale: { service: 'movie', replicas: 3 },
  compose_cleanup: { what: ['old-snapshots', 'orphans'] },
  compose_heal: {},
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

const snapshot: Snapshot = { id: 's-1', project: 'contract', at: 1_700_000_000_000, label: '', services: [] };
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
  bringUp: async () => undefined,
  discard: async () => change,
};

const place = { host: '', file: '', path: '' };

async function backend(): Promise<ComposeBackend> {
  const defaults = Object.entries(composeSettings).map(([name, { schema }]) => [
    name,
    schema.safeParse(undefined).data,
  ]);
  const settings = { ...Object.fromEntries(defaults), file: [place.file], dockerHost: place.host } as ComposeSettings;
  process.env.PATH = place.path;
  const real = await connect({
    settings,
    signal: AbortSignal.timeout(10_000),
    clock: systemClock,
    log: () => undefined,
  });
  const { engine } = real;
  // an old engine takes a second for each sample
  const statsOver: typeof engine.statsOver = (ids) => (measured ??= engine.statsOver(ids, { windowMs: 100 }, forever));
  const heals = ill(engine);
  return { ...real, engine: { ...engine, statsOver }, compose: await readOnce(real.compose), rollouts, heals };
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
  return container.health === undefined
    ? container
    : { ...container, health: { ...container.health, status: 'unhealthy' } };
}

/** The files do not change meanwhile, and each look at them starts three processes. */
async function readOnce(compose: ComposeBackend['compose']): Promise<ComposeBackend['compose']> {
  read ??= Promise.all([compose.model(forever), compose.version(forever), compose.projectName(forever)]);
  const [model, version, name] = await read;
  return { ...compose, model: async () => model, version: async () => version, projectName: async () => name };
}

const forever = new AbortController().signal;
let measured: Promise<ReadonlyMap<string, StatsPair>> | undefined;
let read: Promise<readonly [ComposeModel, string, string]> | undefined;

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
    const file = (version: string): string =>
      `name: contract\nservices:\n${cinemaService({ image: `contract/movie:${version}`, healthCheck: false })}`;
    const project = composeProject(docker, { name: 'contract', file: file('1') });
    await project.run('up', '--detach', '--pull', 'never', '--wait');
    project.write('docker-compose.prod.yml', file('2')); // so that there is something to update
    Object.assign(place, {
      host: docker.host,
      file: project.file,
      path: `${environmentOf(docker).PATH}:${process.env.PATH}`,
    });
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { run }) => run());
});
