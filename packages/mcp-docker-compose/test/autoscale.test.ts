import { describeWithDocker } from '@cinecom/testbed/vitest';
import { tempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pointId } from '../src/analysis/samples/point-of.ts';
import { openBinary } from './support/binary.ts';
import { keptSamples } from './support/kept-samples.ts';
import { openProject, type RunningProject } from './support/project.ts';

interface Check {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string; readonly evidence: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly services: readonly {
    readonly service: string;
    readonly replicas: number;
    readonly recommended: number;
    readonly formula: readonly string[];
    readonly bounds: readonly string[];
  }[];
}
interface Scaled {
  /** Not there where there was nothing to do. */
  readonly services?: readonly { readonly service: string; readonly replicas: number; readonly ready: number }[];
}

// a tenth of a core, all of it used: 1.67 times the 60 % that are wanted
const file = `
services:
  busy:
    image: cinema/base:1
    stop_grace_period: 1s
    command: ["sh", "-c", "while :; do :; done"]
    cpus: 0.1
    mem_limit: 32m
    healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 10s, retries: 5 }
    labels: { cinecom.autoscale.cpu: "60", cinecom.autoscale.max: "3" }
  calm:
    image: cinema/base:1
    stop_grace_period: 1s
    command: ["sleep", "100000"]
    init: true
    cpus: 0.2
    deploy: { replicas: 3 }
    labels: { cinecom.autoscale.min: "1" }
  free:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
    labels: { cinecom.autoscale.min: "2" }
  mistyped:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
    labels: { cinecom.autoscale.max: many }
  plain:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
`;

describeWithDocker({}, 'scaling by load', ({ server }) => {
  let load: RunningProject;
  beforeAll(async () => {
    load = await openProject(server(), {
      name: 'load',
      file,
      up: ['--wait'],
      server: { argv: ['--allow', 'write', '--confirm', 'never'] },
    });
  });
  afterAll(() => load[Symbol.asyncDispose]());
  const check = (service = '*') => load.client.data<Check>('compose_autoscale_check', { service });
  const scale = (service = '*') => load.client.data<Scaled>('compose_scale', { service, auto: true });
  const idsOf = async (service: string): Promise<readonly string[]> => {
    const filters = JSON.stringify({
      label: ['com.docker.compose.project=load', `com.docker.compose.service=${service}`],
    });
    const all = (await server().ask(`/containers/json?all=true&filters=${encodeURIComponent(filters)}`)) as {
      readonly Id: string;
    }[];
    return all.map(({ Id }) => pointId({ id: Id }));
  };

  it('is told with every number of the formula, and what cannot be told is not ok', async () => {
    const { verdict, findings, notExamined, services } = await check();
    expect(verdict).toBe('warning');
    expect(findings.map(({ id, object }) => [id, object])).toEqual([
      ['SCALE_UP', 'busy'],
      ['AUTOSCALE_LABELS', 'mistyped'],
    ]);
    const of = (name: string) => services.find(({ service }) => service === name);
    expect(of('busy')).toMatchObject({ replicas: 1, recommended: 2 });
    const [formula = ''] = of('busy')?.formula ?? [];
    const [, used, ratio] =
      /^cpu (\d\.\d+) of 0\.10 cores = .* %, 60 % wanted: ratio (\d\.\d+).*, so 2$/.exec(formula) ?? [];
    expect(Number(used) / 0.1 / 0.6).toBeCloseTo(Number(ratio), 0);
    expect(of('calm')).toMatchObject({
      replicas: 3,
      recommended: 3,
      bounds: [expect.stringContaining('no history of 300 s')],
    });
    expect(notExamined.map(({ what }) => what)).toEqual(['free', '1 service']);
    expect((await check('plain')).verdict).toBe('unknown');
  });

  it('is done where it is due, and not beyond the ends', async () => {
    expect((await scale()).services).toEqual([{ service: 'busy', replicas: 2, ready: 2 }]);
    await vi.waitUntil(async () => (await scale()).services?.[0]?.replicas === 3, { timeout: 60_000 });
    expect(await load.client.ask('compose_scale', { service: '*', auto: true })).toContain(
      'no service is to be scaled',
    );
    const [busy] = (await check('busy')).services;
    expect(busy).toMatchObject({ replicas: 3, recommended: 3 });
    expect(busy?.bounds.at(-1)).toMatch(/^(never more than 3|at most 3 within 30 s), the formula says \d$/);
  });

  it('goes down once the history of 300 s says so', async () => {
    const samples = await keptSamples(server(), 'load', load.client.state.dir);
    const ids = await idsOf('calm');
    const replicas = ids.map((id) => ({ id, isReady: true, cores: 0.01, workingSetBytes: 1e6, throttled: 0 }));
    const now = Date.now();
    for (let ago = 330_000; ago >= 0; ago -= 15_000)
      await samples.append({ at: now - ago, services: { calm: replicas } });
    expect((await check('calm')).services[0]).toMatchObject({ replicas: 3, recommended: 1, bounds: [] });
    expect((await scale('calm')).services).toEqual([{ service: 'calm', replicas: 1, ready: 1 }]);
    const [left] = await idsOf('calm');
    expect(ids).toContain(left);
  });

  it('is asked for in one way only, and never of protected services', async () => {
    const refusal = (args: object) => load.client.refusal('compose_scale', { ...args });
    for (const args of [{ service: 'busy' }, { service: 'busy', replicas: 1, auto: true }]) {
      expect(await refusal(args)).toMatchObject({
        code: 'invalid_input',
        text: expect.stringContaining('either replicas or auto'),
      });
    }
    expect(await refusal({ service: '*', replicas: 1 })).toMatchObject({ code: 'invalid_input' });
    await using guarded = await openBinary(server(), [load.project.file], {
      argv: [
        '--project-name',
        'load',
        '--allow',
        'write',
        '--confirm',
        'never',
        '--protect',
        'busy',
        '--max-replicas',
        '10',
      ],
    });
    expect(await guarded.refusal('compose_scale', { service: 'busy', auto: true })).toMatchObject({
      code: 'out_of_scope',
    });
    expect(await guarded.ask('compose_scale', { service: '*', auto: true })).toContain('no service is to be scaled');
  });
});

describeWithDocker({}, 'samples', ({ server }) => {
  describe('of a server that stays', () => {
    it('tell what replicas use, taken by one process of those that share the state', async () => {
      await using state = await tempState();
      const argv = ['--sample-seconds', '1'];
      await using load = await openProject(server(), {
        name: 'sampled',
        file,
        up: ['--wait', 'busy'],
        server: { argv, state },
      });
      await using other = await openBinary(server(), [load.project.file], {
        argv: ['--project-name', 'sampled', ...argv],
        state,
      });
      await Promise.all([load.client.data('compose_overview', {}), other.data('compose_overview', {})]);
      const samples = await keptSamples(server(), 'sampled', state.dir);
      const told = async () =>
        (await samples.recent(0, Date.now())).filter(({ services }) => services['busy']?.[0]?.cores !== undefined);
      await vi.waitUntil(async () => (await told()).length >= 5, { interval: 250, timeout: 60_000 });
      const points = await told();
      for (const { services } of points) {
        expect(services['busy']).toEqual([
          {
            id: expect.stringMatching(/^[0-9a-f]{12}$/),
            isReady: true,
            cores: expect.closeTo(0.1, 1),
            workingSetBytes: expect.any(Number),
            throttled: expect.any(Number),
          },
        ]);
      }
      const gaps = points.slice(1).map(({ at }, index) => at - points[index]!.at);
      expect(Math.min(...gaps)).toBeGreaterThan(500);
    });
  });
});
