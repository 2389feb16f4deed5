import { describe, expect, it } from 'vitest';
import { readService } from '../../backend/compose/read-service.ts';
import type { ComposeModel, Healthcheck } from '../../model/compose-model.ts';
import type { LocalImage } from '../../model/image.ts';
import { healthcheckOf } from '../deploy/healthcheck-of.ts';
import { preflight } from '../deploy/preflight.ts';
import { dependencyOrder } from './dependency-order.ts';
import { orderOf, type RolloutWishes } from './order-of.ts';

type Raw = Parameters<typeof readService>[1];

const wishes: RolloutWishes = {
  mode: 'auto',
  parallelism: undefined,
  monitorSeconds: undefined,
  maxFailureRatio: undefined,
  onFailure: undefined,
  drainSeconds: undefined,
  settleSeconds: undefined,
};
const check = { test: ['CMD', 'true'], interval: '2s', timeout: '3s', retries: 4, start_period: '50s' };
const empty = {
  name: 'p',
  services: new Map(),
  volumes: new Map(),
  networks: new Map(),
  unsetVariables: [],
  hashes: new Map(),
  text: '',
  fingerprint: '',
} as ComposeModel;

const imageOf = (healthcheck: Healthcheck | undefined): LocalImage => ({
  id: 'sha256:1',
  tags: [],
  digests: [],
  createdAt: 0,
  sizeBytes: 0,
  defaults: { environment: [], entrypoint: [], command: [], labels: {}, healthcheck, volumes: [] },
});
const judged = (raw: Raw, more: Partial<Parameters<typeof preflight>[0]> = {}) => {
  const service = readService('movie', { image: 'shop/movie:1', ...raw }, 'p');
  return preflight({
    service,
    model: empty,
    containers: [],
    image: imageOf(undefined),
    surge: 1,
    freeMemoryBytes: 2 ** 30,
    hasSettleTime: false,
    ...more,
  });
};
const order = (raw: Raw, more: Partial<RolloutWishes> = {}, hasRoomForAll = false) => {
  const service = readService('movie', { image: 'shop/movie:1', ...raw }, 'p');
  const input = {
    service,
    preflight: judged(raw),
    wishes: { ...wishes, ...more },
    replicas: 4,
    oldLabels: {},
    hash: 'h',
    imageId: 'i',
    hasRoomForAll,
  };
  return orderOf(input);
};

describe('how a service is rolled out', () => {
  it('follows update_config, which inputs overrule', () => {
    const update_config = {
      parallelism: 2,
      delay: '3s',
      monitor: '7s',
      max_failure_ratio: 0.5,
      order: 'stop-first',
      failure_action: 'pause',
    };
    expect(order({ deploy: { update_config } })).toMatchObject({
      mode: 'stop-first',
      parallelism: 2,
      delayMs: 3000,
      monitorMs: 7000,
      maxFailureRatio: 0.5,
      onFailure: 'pause',
    });
    expect(
      order(
        { deploy: { update_config } },
        { mode: 'start-first', parallelism: 1, monitorSeconds: 1, maxFailureRatio: 0, onFailure: 'rollback' },
      ),
    ).toMatchObject({
      mode: 'start-first',
      parallelism: 1,
      monitorMs: 1000,
      maxFailureRatio: 0,
      onFailure: 'rollback',
    });
  });

  it('goes back as rollback_config says, else as it went, without delay', () => {
    const update_config = { parallelism: 2, delay: '3s', monitor: '7s', order: 'start-first', max_failure_ratio: 0.5 };
    const there = { mode: 'start-first', parallelism: 2, delayMs: 0, monitorMs: 7000, maxFailureRatio: 0 };
    expect(order({ deploy: { update_config } }).back).toEqual(there);
    const rollback_config = {
      parallelism: 1,
      delay: '2s',
      monitor: '1s',
      order: 'stop-first',
      max_failure_ratio: 0.1,
    };
    expect(order({ deploy: { update_config, rollback_config } }).back).toEqual({
      mode: 'stop-first',
      parallelism: 1,
      delayMs: 2000,
      monitorMs: 1000,
      maxFailureRatio: 0.1,
    });
    expect(order({ deploy: { rollback_config: { parallelism: 0 } } }).back.parallelism).toBe(4);
    // all new ones first on the way there, never all old ones down at once on the way back
    expect(order({ deploy: { rollback_config: { order: 'stop-first' } } }, {}, true)).toMatchObject({
      parallelism: 4,
      back: { mode: 'stop-first', parallelism: 1 },
    });
    expect(order({ container_name: 'one', deploy: { rollback_config: { order: 'start-first' } } }).back.mode).toBe(
      'stop-first',
    );
  });

  it('is start-first where nothing stands against it, all at once where memory allows', () => {
    expect(order({})).toMatchObject({
      mode: 'start-first',
      parallelism: 1,
      onFailure: 'rollback',
      monitorMs: 5000,
      delayMs: 0,
    });
    expect(order({}, {}, true).parallelism).toBe(4);
    expect(order({}, { parallelism: 0 }).parallelism).toBe(4);
    expect(order({ container_name: 'one' }).mode).toBe('stop-first');
  });

  it('waits as the health check says: 50 s + 5 × 5 s to be ready, drained within 4 × 5 s + 5 s', () => {
    const checked = order({ healthcheck: check, labels: { 'cinecom.drain': 'rm $$x' } });
    expect(checked).toMatchObject({ readyMs: 75_000, monitorMs: 5000 });
    expect(checked.drain).toEqual({ hooks: [], command: ['sh', '-c', 'rm $x'], unhealthyMs: 25_000, pauseMs: 2000 });
    expect(order({ healthcheck: check }, { drainSeconds: 9 }).drain).toMatchObject({ unhealthyMs: 0, pauseMs: 9000 });
    expect(order({}).readyMs).toBe(60_000);
  });
});

describe('the preflight', () => {
  const blockersOf = (raw: Raw, more = {}) => judged(raw, more).blockers.map(({ id }) => id);

  it.each<[Raw, string]>([
    [{ container_name: 'one' }, 'CONTAINER_NAME'],
    [{ ports: [{ target: 80, published: '8080' }] }, 'FIXED_PORT'],
    [{ network_mode: 'host' }, 'NETWORK_MODE'],
    [{ networks: { a: { ipv4_address: '10.0.0.2' } } }, 'FIXED_ADDRESS'],
    [{ mac_address: '02:42:ac:11:00:02' }, 'FIXED_ADDRESS'],
    [{ devices: ['/dev/x'] }, 'DEVICE'],
    [{ provider: { type: 'x' } }, 'PROVIDER'],
  ])('finds %j to be %s', (raw, id) => {
    expect(blockersOf(raw)).toEqual([id]);
    expect(judged(raw).zeroDowntime).toBe('no');
  });

  it('lets a range of ports pass that is wide enough', () => {
    expect(blockersOf({ ports: [{ target: 80, published: '8080-8081' }] })).toEqual([]);
    expect(blockersOf({ ports: [{ target: 80 }] })).toEqual([]);
    expect(blockersOf({ ports: [{ target: 80, published: '8080-8081' }] }, { surge: 2 })).toEqual(['FIXED_PORT']);
  });

  it('says yes only where health, proxy and drain are known', () => {
    const all = { healthcheck: check, labels: { 'traefik.enable': 'true', 'cinecom.drain': 'x' } };
    expect(judged(all).zeroDowntime).toBe('yes');
    expect(judged({ ...all, healthcheck: undefined }).zeroDowntime).toBe('unknown');
    expect(judged({ ...all, labels: { 'cinecom.drain': 'x' } }).zeroDowntime).toBe('unknown');
    expect(judged({ ...all, labels: { 'traefik.enable': 'true' } }).zeroDowntime).toBe('unknown');
    expect(judged(all, { image: undefined }).zeroDowntime).toBe('unknown');
  });

  it('takes the health check of the image where the file has none, unless that turns it off', () => {
    const healthcheck = { test: ['CMD', 'x'], intervalMs: 9000, timeoutMs: 1000, retries: 2, startPeriodMs: 0 };
    const image = imageOf(healthcheck);
    const all = { labels: { 'traefik.enable': 'true', 'cinecom.drain': 'x' } };
    const of = (raw: Raw) => healthcheckOf(readService('movie', raw, 'p'), image);
    expect(judged(all, { image }).zeroDowntime).toBe('yes');
    expect(judged({ ...all, healthcheck: { disable: true } }, { image }).zeroDowntime).toBe('unknown');
    expect(of({})).toEqual(healthcheck);
    expect(of({ healthcheck: { interval: '1s' } })).toEqual(healthcheck);
    expect(of({ healthcheck: { test: ['NONE'] } })).toBeUndefined();
    expect(of({ healthcheck: check })).toMatchObject({ intervalMs: 2000 });
  });

  it('warns of two databases over one volume', () => {
    const volumes = [{ type: 'volume', source: 'data', target: '/d' }];
    expect(judged({ image: 'docker.io/library/postgres:16', volumes }).warnings.map(({ id }) => id)).toContain(
      'DATABASE',
    );
    expect(judged({ image: 'shop/postgres-exporter:1', volumes }).warnings.map(({ id }) => id)).not.toContain(
      'DATABASE',
    );
  });
});

it('services come after what they depend on', () => {
  const services = new Map(
    Object.entries({ web: ['api'], api: ['db', 'cache'], db: [], cache: ['db'] }).map(([name, needs]) => [
      name,
      readService(
        name,
        { depends_on: Object.fromEntries(needs.map((one) => [one, { condition: 'service_started' }])) },
        'p',
      ),
    ]),
  );
  expect(dependencyOrder(services, ['web', 'cache', 'db', 'api'])).toEqual(['db', 'cache', 'api', 'web']);
  expect(dependencyOrder(services, ['web', 'db'])).toEqual(['db', 'web']);
});
