import { once } from 'node:events';
import { tempState } from '@cinecom/mcp-core/testing';
import { composeProject, type DockerServer, nodeTool, type SentryDouble, startSentry } from '@cinecom/testbed';
import { describeWith, describeWithDocker, describeWithPrometheus, describeWithTool } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProgramRun, runProgram } from '../src/run-program.ts';
import { servers } from '../src/servers.ts';
import { builtCommand, startOverHttp } from './support/start-over-http.ts';

const eras = ['modern', 'legacy'] as const;
type Era = (typeof eras)[number];

/** One run of the Inspector's command line, at home in a folder of its own. */
async function inspect(era: Era, argv: readonly string[]): Promise<ProgramRun> {
  const { command, args } = nodeTool('inspector');
  await using home = await tempState();
  const common = ['--cli', '--format', 'json', '--protocol-era', era];
  return runProgram(command, [...args, ...common, ...argv], {
    env: { PATH: process.env['PATH'], HOME: home.dir, ...home.env },
    longestMs: 60_000,
  });
}

/** Over stdio the server's own flags come last. */
function overStdio(name: string, ...flags: string[]): readonly string[] {
  return [process.execPath, builtCommand(name), ...flags];
}

const strict = ['--method', 'tools/list', '--strict'];

/**
 * All tools of a server, and no finding of the Inspector. It exits with 0 on warnings too, so these are read; one stands: a
 * union of plain types has its types in words, as clients that map schemas onto a single type drop every other form of it.
 */
async function expectPortable({ stdout, stderr, exitCode }: ProgramRun, name: string): Promise<void> {
  expect(exitCode, stderr).toBe(0);
  const { result, schemaFindings = [] } = JSON.parse(stdout) as Listing;
  const names = (await servers[name]!().then((server) => server.tools())).map((tool) => tool.name);
  expect(result.tools.map((tool) => tool.name)).toEqual(names.toSorted());
  const rules = schemaFindings.flatMap(({ findings }) => findings.map(({ rule }) => rule));
  expect(rules.filter((rule) => rule !== 'untyped-schema')).toEqual([]);
}

interface Listing {
  readonly result: { readonly tools: readonly { readonly name: string }[] };
  readonly schemaFindings?: readonly { readonly findings: readonly { readonly rule: string }[] }[];
}

const requests = 200;
const load = (tool: string) =>
  ['--method', 'tools/call', '--tool-name', tool, '--load', '--load-concurrency', '10'].concat(
    '--load-requests',
    `${requests}`,
  );

function expectNoError({ stdout, stderr, exitCode }: ProgramRun): void {
  expect(exitCode, stderr).toBe(0);
  const { result } = JSON.parse(stdout) as { result: Record<string, unknown> };
  expect(result).toMatchObject({ concurrency: 10, requests, ok: requests, toolErrors: 0, errors: 0 });
}

describe.each(Object.keys(servers))('%s', (name) => {
  describeWithTool('inspector', 'under the Inspector', () => {
    it.each(eras)('has portable tool schemas over stdio in the %s era', async (era) => {
      await expectPortable(await inspect(era, [...strict, ...overStdio(name, '--allow', 'destructive')]), name);
    });

    it.each(eras)('has portable tool schemas over HTTP in the %s era', async (era) => {
      await using state = await tempState();
      const { url, child } = await startOverHttp(builtCommand(name), { ...state.env }, '--allow', 'destructive');
      const exited = once(child, 'exit');
      const run = await inspect(era, [...strict, '--server-url', url]).finally(() => child.kill('SIGTERM'));
      await expectPortable(run, name);
      expect(await exited).toEqual([0, null]);
    });
  });
});

/** A suite on a server's real backend; it gets the environment in which that is reached, for tests only. */
/** A file of a project that nothing runs of. */
function emptyProject(server: DockerServer): string {
  return composeProject(server, { name: 'inspected', file: 'name: inspected\nservices: {}\n' }).file;
}

type OnBackend = (suite: (env: () => Record<string, string>) => void) => void;

/** The tool that is called under load, and the backend that it answers from. A new server adds itself. */
const loads: Readonly<Record<string, { tool: string; onBackend: OnBackend }>> = {
  'mcp-prometheus': {
    tool: 'prom_check_targets',
    onBackend: (suite) =>
      describeWithPrometheus({}, 'with ten calls in flight', ({ server }) =>
        suite(() => ({ PROMETHEUS_URL: server().url })),
      ),
  },
  'mcp-postgres-admin': {
    tool: 'pg_activity',
    onBackend: (suite) =>
      describeWith({}, 'with ten calls in flight', (bed) => suite(() => ({ DATABASE_URL: bed.url() }))),
  },
  'mcp-docker-compose': {
    tool: 'compose_rollout_status',
    onBackend: (suite) =>
      describeWithDocker({}, 'with ten calls in flight', ({ server }) =>
        suite(() => ({
          DOCKER_HOST: server().host,
          COMPOSE_PROJECT_NAME: 'inspected',
          COMPOSE_FILE: emptyProject(server()),
        })),
      ),
  },
  'mcp-sentry': {
    tool: 'sentry_search_issues',
    onBackend: (suite) => {
      describe('with ten calls in flight', () => {
        let sentry: SentryDouble | undefined;
        beforeAll(async () => void (sentry = await startSentry()));
        afterAll(async () => sentry?.stop());
        suite(() => ({ SENTRY_URL: sentry?.url ?? '', SENTRY_AUTH_TOKEN: sentry?.token ?? '' }));
      });
    },
  },
};

it('puts every server under load', () => {
  expect(Object.keys(loads)).toEqual(Object.keys(servers));
});

describe.each(Object.entries(loads))('%s on its backend', (name, { tool, onBackend }) => {
  onBackend((env) => {
    describeWithTool('inspector', 'by the Inspector', () => {
      it.each(eras)('answers each without an error over stdio in the %s era', async (era) => {
        const settings = Object.entries(env()).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
        expectNoError(await inspect(era, [...load(tool), ...settings, ...overStdio(name, '--rate', '0')]));
      });

      it.each(eras)('answers each without an error over HTTP in the %s era', async (era) => {
        await using state = await tempState();
        const { url, child } = await startOverHttp(builtCommand(name), { ...state.env, ...env() }, '--rate', '0');
        const exited = once(child, 'exit');
        const run = await inspect(era, [...load(tool), '--server-url', url]).finally(() => child.kill('SIGTERM'));
        expectNoError(run);
        expect(await exited).toEqual([0, null]);
      });
    });
  });
});
