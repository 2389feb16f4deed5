import { importCinema } from '@cinecom/testbed';
import { describeWithDocker, describeWithEachDocker } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Lab, openLab } from './support/lab.ts';

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly object: string; readonly evidence: string }[];
  readonly notExamined: readonly { readonly what: string }[];
  readonly causes: readonly {
    readonly code: string;
    readonly service: string;
    readonly confidence: string;
    readonly at?: string;
    readonly patch?: string;
    readonly seen: readonly string[];
    readonly consequences: readonly { readonly service: string; readonly code: string }[];
  }[];
}

const cause = (report: Report, service: string) => report.causes.filter((one) => one.service === service);
const evidence = (report: Report, service: string) =>
  report.findings.find(({ object }) => object === service)?.evidence;
const diagnosis = (lab: Lab, more: object = {}) => lab.client.data<Report>('compose_diagnose', { ...more });

const until = (isSo: () => boolean | Promise<boolean>) => vi.waitUntil(isSo, { interval: 200, timeout: 90_000 });

// sleep as the first process is deaf to SIGTERM
const broken = `
services:
  hungry:
    image: cinema/base:1
    command: ["tail", "/dev/zero"]
    mem_limit: 16m
    memswap_limit: 16m
  deaf:
    image: cinema/base:1
    stop_grace_period: 1s
  again:
    image: cinema/base:1
    stop_grace_period: 1s
  killed:
    image: cinema/base:1
  crashing:
    image: cinema/base:1
    restart: always
    command: ["sh", "-c", "echo 'ERROR the seat map is missing' >&2; exit 3"]
  job:
    image: cinema/base:1
    restart: always
    command: ["true"]
  holder:
    image: cinema/base:1
    ports: ["48231:80"]
  second:
    image: cinema/base:1
    ports: ["48231:80"]
  beginner:
    image: cinema/base:1
    command: ["sh", "-c", "sleep 4; touch /tmp/ready; sleep 100000"]
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ready"], interval: 1s, timeout: 2s, retries: 1 }
  nosuch:
    image: cinema/base:1
    healthcheck: { test: ["CMD", "nosuch"], interval: 500ms, timeout: 2s, retries: 1 }
  scripted:
    image: cinema/base:1
    healthcheck: { test: ["CMD-SHELL", "nosuch"], interval: 500ms, timeout: 2s, retries: 1 }
  late:
    image: cinema/base:1
    healthcheck: { test: ["CMD", "sleep", "60"], interval: 500ms, timeout: 400ms, retries: 1 }
  unwell:
    image: cinema/base:1
    healthcheck: { test: ["CMD-SHELL", "echo no projector; exit 1"], interval: 500ms, timeout: 2s, retries: 1 }
  waiting:
    image: cinema/base:1
    depends_on: { unwell: { condition: service_healthy } }
  behind:
    image: cinema/base:1
    depends_on: { waiting: { condition: service_started } }
`;

describeWithEachDocker('compose_diagnose', ({ server }) => {
  let lab: Lab;
  let ends: Report;
  let probes: Report;
  beforeAll(async () => {
    lab = await openLab(server(), { name: 'broken', file: broken });
    const is = (service: string, status: string) =>
      until(async () => (await lab.inspect(service)).State.Health?.Status === status);
    await lab.up('beginner', 'hungry', 'deaf', 'again', 'killed', 'holder');
    await Promise.all([
      lab.post('deaf', 'stop?t=1'),
      lab.post('again', 'restart?t=1'),
      lab.post('killed', 'kill?signal=KILL'),
      lab.up('second'),
      is('beginner', 'healthy'),
    ]);
    await lab.up('crashing', 'job');
    for (const service of ['crashing', 'job']) {
      await until(async () => (await lab.inspect(service)).RestartCount > 3);
    }
    ends = await diagnosis(lab);
    // later, since the engine remembers few events, and each probe makes three
    await lab.up('nosuch', 'scripted', 'late', 'behind');
    for (const service of ['nosuch', 'scripted', 'late', 'unwell']) await is(service, 'unhealthy');
    probes = await diagnosis(lab);
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  it.each([
    ['hungry', 'OOM_KILLED', 'certain', /limit 16\.8 MB/],
    ['deaf', 'GRACE_EXCEEDED', 'certain', /stop signal, then killed after [\d.]+ s/],
    ['again', 'UNGRACEFUL_STOP', 'certain', /^1 of 1 stop needed force, after [\d.]+ s$/],
    ['killed', 'EXTERNAL_KILL', 'certain', /SIGKILL was sent through the engine/],
    [
      'crashing',
      'CRASH_LOOP',
      'certain',
      /exit 3 \(an error of the application\); last line: ERROR the seat map is missing/,
    ],
    ['job', 'CRASH_LOOP', 'certain', /exit 0 \(finished without error\)/],
    ['second', 'PORT_CONFLICT', 'certain', /port 48231 is taken; broken-holder-1 holds 48231$/],
    ['beginner', 'START_PERIOD_TOO_SHORT', 'certain', /called unhealthy while it started, healthy after [\d.]+ s/],
  ])('finds that %s has one root cause: %s', (service, code, confidence, words) => {
    expect(cause(ends, service)).toMatchObject([{ code, confidence }]);
    expect(evidence(ends, service)).toMatch(words);
  });

  it.each([
    ['nosuch', 'HEALTHCHECK_BROKEN', /exit -1: .*executable file not found/],
    ['scripted', 'HEALTHCHECK_BROKEN', /exit 127: .*nosuch: not found/],
    ['late', 'PROBE_TIMEOUT', /did not end within its timeout \([\d.]+ m?s\)/],
    ['unwell', 'APP_UNHEALTHY', /the last with exit 1: no projector$/],
  ])('finds that %s has one root cause: %s', (service, code, words) => {
    expect(cause(probes, service)).toMatchObject([{ code }]);
    expect(evidence(probes, service)).toMatch(words);
  });

  it('blames nothing else', () => {
    expect(cause(probes, 'holder')).toEqual([]);
  });

  it('names the line and what to write there', () => {
    const at = (service: string, key: string): string => {
      const lines = broken.split('\n');
      const start = lines.indexOf(`  ${service}:`);
      return `docker-compose.prod.yml:${lines.findIndex((line, index) => index > start && line.includes(`${key}:`)) + 1}`;
    };
    expect(cause(ends, 'hungry')[0]).toMatchObject({ at: at('hungry', 'mem_limit'), patch: 'mem_limit: 116M' });
    expect(cause(ends, 'deaf')[0]).toMatchObject({
      at: at('deaf', 'stop_grace_period'),
      patch: 'stop_grace_period: 2s',
      consequences: [{ code: 'UNGRACEFUL_STOP' }],
    });
    expect(cause(ends, 'job')[0]).toMatchObject({ at: at('job', 'restart'), patch: 'restart: on-failure' });
    expect(cause(ends, 'second')[0]).toMatchObject({ at: at('second', 'ports') });
    expect(cause(probes, 'nosuch')[0]).toMatchObject({ at: at('nosuch', 'healthcheck') });
  });

  it('puts those that wait under the one they wait for, however far away', async () => {
    expect(cause(probes, 'unwell')[0]?.consequences).toMatchObject([
      { service: 'behind', code: 'DEP_UNHEALTHY' },
      { service: 'waiting', code: 'DEP_UNHEALTHY' },
    ]);
    const text = await lab.client.ask('compose_diagnose', { service: 'behind' });
    expect(text).toMatch(/^CRITICAL: 1 root cause; 3 of 15 services affected/);
    expect(text).toContain('|critical|APP_UNHEALTHY|`unwell`|');
    expect(text).toContain('|APP_UNHEALTHY|`behind`|DEP_UNHEALTHY|`waiting, which it depends on, is created`|');
    expect(text).toContain('Next: compose_logs {"services":["unwell"],"since":"1h"}');
  });
});

const left = (more: { readonly seat: string; readonly withGone: boolean }): string => `
services:
  changed:
    image: cinema/base:1
    environment: { SEAT: "${more.seat}" }
  older:
    image: diag/movie:1
  limited:
    image: cinema/base:1
    mem_limit: 32m
  zombie:
    image: cinema/base:1
  absent:
    image: diag/absent:1
  stored:
    image: cinema/base:1
    volumes: ["reels:/reels"]
  loose:
    image: cinema/base:1
  full:
    image: cinema/base:1
    tmpfs: ["/small:size=1m"]
    command: ["sh", "-c", "dd if=/dev/zero of=/small/reel bs=1M count=2; sleep 100000"]
  pressed:
    image: cinema/base:1
    tmpfs: [/held]
    mem_limit: 64m
    memswap_limit: 64m
    command: ["sh", "-c", "dd if=/dev/zero of=/held/it bs=1M count=60 2>/dev/null; touch /tmp/done; sleep 100000"]
  burner:
    image: cinema/base:1
    cpus: 0.1
    command: ["sh", "-c", "while true; do :; done"]
  stopped:
    image: cinema/base:1
    command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"]
    restart: always
  ${more.withGone ? 'gone: { image: "cinema/base:1" }' : ''}
volumes:
  reels: { name: diag-reels, external: true }
`;

const healthy = `
services:
  db:
    image: cinema/base:1
    healthcheck: { test: ["CMD", "true"], interval: 1s, retries: 2 }
    mem_limit: 64m
    volumes: ["data:/data"]
  migrate:
    image: cinema/base:1
    command: ["true"]
    depends_on: { db: { condition: service_healthy } }
  api:
    image: cinema/base:1
    deploy: { replicas: 2, resources: { limits: { cpus: "0.5" } } }
    restart: unless-stopped
    env_file: [api.env]
    ports: ["48240-48249:80"]
    networks: [default, inner]
    healthcheck: { test: ["CMD", "true"], interval: 1s, retries: 2 }
    depends_on: { db: { condition: service_healthy }, migrate: { condition: service_completed_successfully } }
  spare:
    image: diag/nowhere:1
    profiles: [spare]
networks: { inner: {} }
volumes: { data: {} }
`;

describeWithDocker({}, 'compose_diagnose', ({ server }) => {
  let lab: Lab;
  let created: number;
  beforeAll(async () => {
    lab = await openLab(server(), { name: 'left', file: left({ seat: 'A', withGone: true }) });
    await lab.project.run('create', '--pull', 'never', 'zombie');
    created = Date.now();
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  it('finds nothing in a healthy project, and says so', async () => {
    await using well = await openLab(server(), { name: 'well', file: healthy });
    well.project.write('api.env', 'SEATS=12\n');
    await well.up();
    for (const replica of ['api-1', 'api-2']) await until(() => well.isHealthy(replica));
    expect(await diagnosis(well)).toMatchObject({ verdict: 'ok', findings: [], causes: [] });
  });

  it('does not call well what still starts', async () => {
    const check = [
      'test: ["CMD", "true"], interval: 1s',
      'test: ["CMD", "false"], interval: 60s, start_period: 60s',
    ] as const;
    await using soon = await openLab(server(), { name: 'soon', file: healthy.replaceAll(...check) });
    soon.project.write('api.env', 'SEATS=12\n');
    await soon.up('--no-deps', 'db');
    const report = await diagnosis(soon, { service: 'db' });
    expect(report).toMatchObject({ verdict: 'unknown', causes: [] });
    expect(report.notExamined.map(({ what }) => what)).toContain('health of db');
  });

  describe('against the files and the host', () => {
    let report: Report;
    beforeAll(async () => {
      await importCinema(server(), { reference: 'diag/movie:1', version: '1' });
      await lab.up('changed', 'older', 'limited', 'loose', 'full', 'pressed', 'burner', 'stopped', 'gone');
      await importCinema(server(), { reference: 'diag/movie:1', version: '2' });
      lab.project.write('docker-compose.prod.yml', left({ seat: 'B', withGone: false }));
      await lab.post('limited', 'update', { Memory: 48 * 1024 * 1024, MemorySwap: 96 * 1024 * 1024 });
      await server().ask('/networks/left_default/disconnect', 'POST', { Container: 'left-loose-1' });
      await lab.post('stopped', 'stop');
      await until(() => Date.now() - created > 61_000);
      report = await diagnosis(lab);
    });

    it.each([
      ['changed', 'CONFIG_DRIFT', /environment\.SEAT$/],
      ['older', 'IMAGE_DRIFT', /older image than diag\/movie:1/],
      ['limited', 'LIMIT_DRIFT', /memory$/],
      ['zombie', 'ZOMBIE_CREATED', /never started/],
      ['absent', 'IMAGE_MISSING', /^diag\/absent:1 is not on this host/],
      ['stored', 'VOLUME_MISSING', /^diag-reels is not on this host/],
      ['loose', 'NETWORK_DETACHED', /runs outside of left_default$/],
      ['full', 'DISK_FULL', /No space left on device/],
      ['pressed', 'MEM_PRESSURE', /9\d\.?\d* % of the limit of 67\.1 MB/],
      ['burner', 'CPU_THROTTLED', /had to wait in \d\d/],
      ['stopped', 'EXITED', /was stopped .*, exit 0/],
      ['gone', 'ORPHAN', /^1 container of a service that the files do not have/],
    ])('finds that %s has one root cause: %s', (service, code, words) => {
      expect(cause(report, service)).toMatchObject([{ code }]);
      expect(evidence(report, service)).toMatch(words);
    });
  });
});
