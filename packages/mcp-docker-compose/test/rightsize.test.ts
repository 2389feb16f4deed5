import { historyText } from '@cinecom/testbed';
import { describeWithDocker, describeWithPrometheus } from '@cinecom/testbed/vitest';
import { tempState, type TempState } from '@cinecom/mcp-core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheusAddress, readPrometheusHistory } from '../src/backend/prometheus/read-history.ts';
import { usageOver } from '../src/analysis/rightsize/usage-over.ts';
import { keptSamples } from './support/kept-samples.ts';
import { openProject, type RunningProject } from './support/project.ts';

interface Report {
  readonly verdict: string;
  readonly summary: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
    readonly next?: { readonly tool: string; readonly args: object };
  }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly services: readonly Record<string, unknown>[];
  readonly savedBytes: number;
}

const MiB = 1_048_576;
const file = `
services:
  roomy:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
    mem_limit: 1g
    deploy: { replicas: 2 }
  waiting:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
    mem_limit: 128m
    cpus: 0.5
  hungry:
    image: cinema/base:1
    command: ["sh", "-c", "tail /dev/zero"]
    mem_limit: 16m
    memswap_limit: 16m
  fresh:
    image: cinema/base:1
    init: true
    command: ["sleep", "100000"]
    mem_limit: 64m
`;

/** What each service used, at one look. */
const looked = {
  roomy: [200, 180].map((size, id) => ({
    id: `r${id}`,
    isReady: true,
    cores: 0.11,
    workingSetBytes: size * MiB,
    throttled: undefined,
  })),
  waiting: [{ id: 'w', isReady: true, cores: 0.47, workingSetBytes: 100 * MiB, throttled: 0.2 }],
  hungry: [{ id: 'h', isReady: true, cores: 0.01, workingSetBytes: 15 * MiB, throttled: undefined }],
};

describeWithDocker({}, 'right-sizing', ({ server }) => {
  let sized: RunningProject;
  let state: TempState;
  beforeAll(async () => {
    state = await tempState();
    sized = await openProject(server(), { name: 'sized', file, server: { state } });
    const samples = await keptSamples(server(), 'sized', state.dir);
    const now = Date.now();
    for (let ago = 4 * 60; ago >= 0; ago--) await samples.append({ at: now - ago * 60_000, services: looked });
    await samples.append({ at: now, services: { fresh: [{ ...looked.hungry[0]!, id: 'f' }] } });
  });
  afterAll(async () => {
    await sized[Symbol.asyncDispose]();
    await state.remove();
  });
  const rightsize = (args: object = {}) => sized.client.data<Report>('compose_rightsize', { ...args });

  it('says what limits should be by what was used, with the saving', async () => {
    const { verdict, findings, services, savedBytes } = await rightsize();
    expect(verdict).toBe('warning');
    expect(Object.fromEntries(findings.map(({ id, object }) => [id, object]))).toEqual({
      CPU_TOO_SMALL: 'waiting',
      MEMORY_TOO_LARGE: 'roomy',
      MEMORY_TOO_SMALL: 'hungry',
    });
    const of = (name: string) => services.find(({ service }) => service === name);
    expect(of('roomy')).toMatchObject({
      replicas: 2,
      memoryUsedBytes: 200 * MiB,
      memoryRecommendedBytes: 230 * MiB,
      cpusReservation: 0.11,
    });
    expect(of('waiting')).toMatchObject({ memoryRecommendedBytes: 115 * MiB, coresP95: 0.47, cpusRecommended: 0.55 });
    // 16 MiB were too few: 100 MiB more
    expect(of('hungry')).toMatchObject({ memoryRecommendedBytes: 116 * MiB });
    expect(savedBytes).toBe(2 * (1024 - 230) * MiB + (128 - 115) * MiB - 100 * MiB);
    expect(findings.find(({ object }) => object === 'roomy')).toMatchObject({
      severity: 'warning',
      evidence: expect.stringContaining('confidence low'),
      next: { tool: 'compose_set_resources', args: { service: 'roomy', memory: '230m' } },
    });
  });

  it('gives no number where there is too little to see', async () => {
    const { services, notExamined } = await rightsize();
    expect(services.some(({ service }) => service === 'fresh')).toBe(false);
    expect(notExamined).toContainEqual(
      expect.objectContaining({
        what: 'fresh',
        why: expect.stringContaining('insufficient data: 100 values and 3 h are needed'),
      }),
    );
    expect(await rightsize({ service: 'fresh' })).toMatchObject({ verdict: 'unknown', services: [], savedBytes: 0 });
  });

  it('refuses a history that nobody keeps', async () => {
    expect(await sized.client.refusal('compose_rightsize', { history: '2h' })).toMatchObject({
      code: 'invalid_input',
      text: expect.stringContaining('3h to 30d'),
    });
    expect((await rightsize({ history: '30d' })).notExamined).toContainEqual(
      expect.objectContaining({ what: 'what is older than 8 d' }),
    );
  });
});

const end = Math.floor(Date.now() / 300_000) * 300_000;
const start = end - 2 * 86_400_000;

/** As cAdvisor tells it: movie-1 uses 0.2 cores, movie-2 0.4 and waits in three of ten periods. */
function cadvisorHistory(): string {
  const labels = (name: string, project = 'cinema') => ({
    id: `/docker/${name}`,
    name,
    container_label_com_docker_compose_project: project,
    container_label_com_docker_compose_service: 'movie',
  });
  const counter = (name: string, perSecond: readonly [number, number]) => ({
    name: `container_${name}_total`,
    type: 'counter' as const,
    series: perSecond.map((each, index) => ({
      labels: labels(`movie-${index + 1}`),
      valueAt: (at: number) => ((at - start) / 1000) * each,
    })),
  });
  const size = (name: string, valueAt: (at: number) => number, project?: string) => ({
    labels: labels(name, project),
    valueAt,
  });
  const metrics = [
    counter('cpu_usage_seconds', [0.2, 0.4]),
    counter('cpu_cfs_periods', [10, 10]),
    counter('cpu_cfs_throttled_periods', [0, 3]),
    {
      name: 'container_memory_working_set_bytes',
      series: [
        size('movie-1', () => 100 * MiB),
        size('movie-2', (at) => (at === start + 3_600_000 ? 300 : 100) * MiB),
        size('elsewhere', () => 900 * MiB, 'another'),
      ],
    },
  ];
  return historyText(metrics, { start, end, stepMs: 60_000 });
}

describeWithPrometheus({ history: cadvisorHistory() }, 'right-sizing by Prometheus', ({ server }) => {
  const read = (service: string, url = server().url) =>
    readPrometheusHistory(
      prometheusAddress(url),
      { project: 'cinema', service, since: start, until: end },
      AbortSignal.timeout(30_000),
    );

  describe('history', () => {
    it('tells what every replica used', async () => {
      const over = usageOver(await read('movie'));
      expect(over).toEqual({
        points: expect.any(Number),
        coveredMs: expect.any(Number),
        maxBytes: 300 * MiB,
        coresP50: expect.closeTo(0.3, 6),
        coresP95: expect.closeTo(0.39, 6),
        throttledP95: expect.closeTo(0.285, 6),
      });
      expect(over.points).toBeGreaterThan(1100);
      expect(over.coveredMs).toBeGreaterThan(47 * 3_600_000);
    });

    it('is empty of services nobody knows, and an error where no Prometheus answers', async () => {
      expect(await read('x"} or vector(1) #')).toEqual([]);
      await expect(read('movie', `${server().url}/nowhere`)).rejects.toMatchObject({ code: 'backend_error' });
      await expect(read('movie', 'http://127.0.0.1:9')).rejects.toMatchObject({ code: 'backend_unreachable' });
    });
  });
});
