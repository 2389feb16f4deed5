import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { missingDocker } from './docker/programs.ts';
import { startDocker } from './docker/start-docker.ts';
import type { ComposeVersion, DockerEngine, DockerOptions, DockerServer } from './docker/types.ts';
import { missingNodeTool, type NodeToolName } from './node-tools/node-tools.ts';
import { missingPostgres } from './postgres/missing-postgres.ts';
import { sharedPostgres } from './postgres/shared-postgres.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { postgresMajors, type PostgresMajor, type PostgresOptions, type PostgresServer } from './postgres/types.ts';
import { missingRedis } from './redis/missing-redis.ts';
import { startRedis } from './redis/start-redis.ts';
import type { RedisOptions, RedisServer } from './redis/types.ts';
import { missingPrometheus } from './prometheus/programs.ts';
import { startPrometheus } from './prometheus/start-prometheus.ts';
import type { PrometheusGeneration, PrometheusOptions, PrometheusServer } from './prometheus/types.ts';
import { systemPrograms } from './system-programs.ts';
import { BackendUnavailable } from './unavailable.ts';

export { sharedPostgres } from './postgres/shared-postgres.ts';

/** What a suite gets; to be called from tests and hooks, not while they are collected. */
export interface PostgresBed {
  readonly server: () => PostgresServer;
  /** Name of the suite's own, empty database. */
  readonly database: () => string;
  /** Superuser's address of that database. */
  readonly url: () => string;
}

function isRequired(): boolean {
  return process.env.TESTBED_REQUIRE === 'all';
}

/**
 * A suite that is skipped where something is missing, and says what. Where all is required it is not: starting what is
 * missing then fails in its first hook, with the same reason.
 */
function describeUnless(missing: string | undefined, name: string, suite: () => void): void {
  const reason = isRequired() ? undefined : missing;
  const note = reason === undefined ? '' : ` (skipped: ${reason})`;
  if (reason !== undefined) console.warn(`${name}${note}`);
  describe.skipIf(reason !== undefined)(`${name}${note}`, () => {
    suite();
  });
}

/** A server that is started before the tests of a suite and stopped after them. */
function startedAround<Server extends { stop(): Promise<void> }>(
  start: () => Promise<Server>,
): { server: () => Server } {
  let started: Server | undefined;
  beforeAll(async () => void (started = await start()));
  afterAll(async () => started?.stop());
  return {
    server() {
      if (!started) throw new Error('the server is there only in tests and hooks');
      return started;
    },
  };
}

/** Options that tests may not share a server under. */
function needsOwnServer({ settings, preload, auth, databases, control, fresh }: PostgresOptions): boolean {
  return Boolean(settings || preload || auth || databases || control || fresh);
}

/**
 * A suite on a real PostgreSQL, with a database of its own.
 *
 * Without one on this machine the suite is skipped and says why; with `TESTBED_REQUIRE=all` it fails instead. Plain
 * options share one server a process; settings, preload, auth, databases, control or fresh bring a server of the suite's own.
 */
export function describeWith(options: PostgresOptions, name: string, suite: (bed: PostgresBed) => void): void {
  describeUnless(missingPostgres(options), name, () => suite(prepare(options)));
}

function prepare(options: PostgresOptions): PostgresBed {
  const own = needsOwnServer(options);
  let state: { readonly server: PostgresServer; readonly database: string } | undefined;
  beforeAll(async () => {
    const server = await (own ? startPostgres(options) : sharedPostgres(options));
    state = { server, database: await server.createDatabase() };
  });
  afterAll(async () => {
    if (own) await state?.server.stop();
    else await state?.server.dropDatabase(state.database);
    state = undefined;
  });
  const present = () => {
    if (!state) throw new Error('the server is there only in tests and hooks');
    return state;
  };
  return {
    server: () => present().server,
    database: () => present().database,
    url: () => present().server.superuserUrl(present().database),
  };
}

/** `describeWith` once a major, from 13 to 18 or those given. */
export function describeWithEachMajor(
  name: string,
  suite: (bed: PostgresBed, major: PostgresMajor) => void,
  options: Omit<PostgresOptions, 'major'> & { readonly majors?: readonly PostgresMajor[] } = {},
): void {
  const { majors = postgresMajors, ...rest } = options;
  for (const major of majors) {
    describeWith({ ...rest, major }, `${name} on PostgreSQL ${major}`, (bed) => suite(bed, major));
  }
}

/**
 * The shared server for one test; without one the test is skipped with the reason, or fails with `TESTBED_REQUIRE=all`.
 * @param context of the test: `it('…', async (context) => { const server = await postgresOrSkip(context); })`
 */
export async function postgresOrSkip(
  context: { skip(note: string): never },
  options: Pick<PostgresOptions, 'major' | 'prefer'> = {},
): Promise<PostgresServer> {
  const reason = missingPostgres(options);
  if (reason === undefined) return sharedPostgres(options);
  if (isRequired()) throw new BackendUnavailable(reason);
  return context.skip(reason);
}

/**
 * A suite on a Redis of its own, or on the one at `TESTBED_REDIS_URL`; without one skipped with the reason, or failing
 * with `TESTBED_REQUIRE=all`. Call `server` from tests and hooks only.
 */
export function describeWithRedis(
  options: RedisOptions,
  name: string,
  suite: (bed: { readonly server: () => RedisServer }) => void,
): void {
  describeUnless(missingRedis(options), name, () => suite(startedAround(() => startRedis(options))));
}

/** A suite that runs an official client or suite: without it skipped with the reason, or failing with `TESTBED_REQUIRE=all`. */
export function describeWithTool(tool: NodeToolName, name: string, suite: () => void): void {
  describeUnless(missingNodeTool(tool), name, suite);
}

/** A suite that needs a program of the system; without it skipped with the reason, or failing with `TESTBED_REQUIRE=all`. */
export function describeWithProgram(program: keyof typeof systemPrograms, name: string, suite: () => void): void {
  const { path, package: from } = systemPrograms[program];
  const missing = existsSync(path) ? undefined : `${program} is not installed: apt-get install ${from}`;
  describeUnless(missing, name, suite);
}

/** What a suite on Prometheus gets; to be called from tests and hooks only. */
export interface PrometheusBed {
  readonly server: () => PrometheusServer;
}

/**
 * A suite on a real Prometheus of its own; without one skipped with the reason, or failing with `TESTBED_REQUIRE=all`.
 *
 * @param options what to start, or a function that gives it: times of history count from when the suite begins
 */
export function describeWithPrometheus(
  options: PrometheusOptions | (() => PrometheusOptions | Promise<PrometheusOptions>),
  name: string,
  suite: (bed: PrometheusBed) => void,
  generation: PrometheusGeneration = 2,
): void {
  const start = async () =>
    startPrometheus({ ...(typeof options === 'function' ? await options() : options), generation });
  describeUnless(missingPrometheus(generation), name, () => suite(startedAround(start)));
}

/** `describeWithPrometheus` once a generation, 2.42 and 3.x. */
export function describeWithEachPrometheus(
  options: PrometheusOptions | (() => PrometheusOptions | Promise<PrometheusOptions>),
  name: string,
  suite: (bed: PrometheusBed, generation: PrometheusGeneration) => void,
): void {
  for (const generation of [2, 3] as const) {
    describeWithPrometheus(options, `${name} on Prometheus ${generation}`, (bed) => suite(bed, generation), generation);
  }
}

/** What a suite on Docker gets; to be called from tests and hooks only. */
export interface DockerBed {
  readonly server: () => DockerServer;
}

/**
 * A suite on a real Docker engine of its own, or on the one at `TESTBED_DOCKER_HOST`; without one skipped with the reason,
 * or failing with `TESTBED_REQUIRE=all`.
 */
export function describeWithDocker(options: DockerOptions, name: string, suite: (bed: DockerBed) => void): void {
  const missing = missingDocker(options);
  describeUnless(missing, name, () => suite(startedAround(() => startDocker(options))));
}

const dockerPairs: readonly (readonly [DockerEngine, ComposeVersion])[] = [
  ['20.10', '2.26'],
  ['26', '2.40'],
  ['28', '2.40'],
];

/** `describeWithDocker` once a pair of Engine and Compose: 20.10 with 2.26, 26 and 28 with 2.40. */
export function describeWithEachDocker(
  name: string,
  suite: (bed: DockerBed) => void,
  options: Pick<DockerOptions, 'control'> = {},
): void {
  for (const [engine, compose] of dockerPairs) {
    describeWithDocker({ ...options, engine, compose }, `${name} on Docker ${engine} with Compose ${compose}`, suite);
  }
}
