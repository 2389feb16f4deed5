import { describeWithDocker } from '@cinecom/testbed/vitest';
import { expect, it } from 'vitest';
import { type Movie, openMovie } from './support/movie.ts';
import { type SeenEvent, watchEvents } from './support/watch-events.ts';

/** Replicas that came, or that went, without the other between. */
interface Run {
  readonly kind: 'made' | 'gone';
  readonly ids: ReadonlySet<string>;
  /** UTC ms of the first and of the last event. */
  readonly from: number;
  readonly to: number;
}

const kinds: Readonly<Record<string, Run['kind']>> = { create: 'made', start: 'made', die: 'gone', destroy: 'gone' };

/** The course of an update by the engine's events alone. @param events in order; other actions are passed over */
function runsOf(events: readonly SeenEvent[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { at, action, id } of events) {
    const kind = kinds[action];
    const last = runs.at(-1);
    if (kind === undefined) continue;
    if (last?.kind === kind) runs[runs.length - 1] = { ...last, ids: new Set([...last.ids, id]), to: at };
    else runs.push({ kind, ids: new Set([id]), from: at, to: at });
  }
  return runs;
}

/** From the end of each batch to the begin of the next, in ms; two runs are a batch. */
function pausesOf(runs: readonly Run[]): readonly number[] {
  return runs.flatMap(({ from }, index) => (index > 0 && index % 2 === 0 ? [from - (runs[index - 1]?.to ?? 0)] : []));
}

const sizesOf = (runs: readonly Run[]) => runs.map(({ kind, ids }) => [kind, ids.size]);
/** Timers may come a millisecond early. */
const atLeast = (ms: number): number => ms - 2;
const check = 'healthcheck: { test: ["CMD", "test", "-f", "/tmp/ready"], interval: 1s, timeout: 3s, retries: 3 }';

describeWithDocker({}, 'update_config, by the times of the engine', ({ server }) => {
  const open = (name: string, deploy: readonly string[]) =>
    openMovie(server(), { name, service: { replicas: 6, healthCheck: false, drain: false, lines: [check], deploy } });

  const change = (movie: Movie, name: string, deploy: readonly string[]): void =>
    movie.change({ image: `${name}/movie:2`, healthCheck: false, drain: false, lines: [check], replicas: 6, deploy });

  const ended = async (movie: Movie, id: string, status: string): Promise<void> => {
    await expect
      .poll(async () => (await movie.client.data<Status>('compose_rollout_status', { id })).rollout?.status, {
        timeout: 90_000,
        interval: 1000,
      })
      .toBe(status);
  };

  it.each([
    ['start-first', 'made', 'gone'],
    ['stop-first', 'gone', 'made'],
  ] as const)(
    '%s goes in batches of two, watched, with the delay between them',
    { timeout: 180_000 },
    async (order, first, second) => {
      const name = `config-${order}`;
      const deploy = [`update_config: { parallelism: 2, delay: 3s, monitor: 2s, order: ${order} }`];
      await using movie = await open(name, deploy);
      using events = await watchEvents(server(), name);
      const before = new Set((await movie.replicas()).map(({ id }) => id));
      change(movie, name, deploy);
      const { id } = await movie.client.data<Report>('compose_rollout', { services: ['movie'], waitSeconds: 45 });
      await ended(movie, id, 'succeeded');
      const runs = runsOf(events.seen);
      const batch = [
        [first, 2],
        [second, 2],
      ];
      expect(sizesOf(runs)).toEqual([...batch, ...batch, ...batch]);
      // what went is what was there before, what came is what is there now
      const idsOf = (kind: Run['kind']) => new Set(runs.flatMap((run) => (run.kind === kind ? [...run.ids] : [])));
      expect(idsOf('gone')).toEqual(before);
      expect(idsOf('made')).toEqual(new Set((await movie.replicas()).map((one) => one.id)));
      const pauses = pausesOf(runs);
      expect(pauses).toHaveLength(2);
      // new ones are watched before old ones go: within a batch, or before the delay
      const watched = runs.flatMap(({ kind, to }, index) => {
        const next = runs[index + 1];
        return kind === 'made' && next !== undefined ? [next.from - to] : [];
      });
      for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(atLeast(3000));
      for (const pause of watched) expect(pause).toBeGreaterThanOrEqual(atLeast(order === 'stop-first' ? 5000 : 2000));
    },
  );

  it('goes back as rollback_config says when a new version fails', { timeout: 180_000 }, async () => {
    const name = 'config-back';
    const deploy = [
      'update_config: { parallelism: 2, delay: 1s, monitor: 4s, order: start-first, failure_action: rollback }',
      'rollback_config: { parallelism: 1, delay: 2s, monitor: 1s, order: stop-first }',
    ];
    await using movie = await open(name, deploy);
    using events = await watchEvents(server(), name);
    const before = (await movie.replicas()).map(({ hash, imageId }) => [hash, imageId]);
    change(movie, name, deploy);
    const rollout = movie.client.data<Report>('compose_rollout', { services: ['movie'], waitSeconds: 45 });
    const young = async () => (await movie.replicas()).filter(({ imageId }) => imageId === movie.images['2']);
    await expect.poll(async () => (await young()).length, { timeout: 60_000, interval: 100 }).toBe(4);
    await expect.poll(async () => (await young()).every(({ isReady }) => isReady), { timeout: 30_000 }).toBe(true);
    const killed = (await young())[0]?.id ?? '';
    await server().ask(`/containers/${killed}/kill`, 'POST');
    await ended(movie, (await rollout).id, 'rolled-back');
    expect((await movie.replicas()).map(({ hash, imageId }) => [hash, imageId])).toEqual(before);
    const failure = events.seen.findIndex(({ id, action }) => id === killed && action === 'die');
    expect(failure).toBeGreaterThan(0);
    const runs = runsOf(events.seen.slice(failure + 1));
    // the two of the failed batch are too many and go with the first one; then one goes and one comes
    expect(sizesOf(runs)).toEqual([
      ['gone', 3],
      ['made', 1],
      ['gone', 1],
      ['made', 1],
    ]);
    for (const pause of pausesOf(runs)) expect(pause).toBeGreaterThanOrEqual(atLeast(3000));
  });
});

interface Report {
  readonly id: string;
}

interface Status {
  readonly rollout?: { readonly status: string };
}
