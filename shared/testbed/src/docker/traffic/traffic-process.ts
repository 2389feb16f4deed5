import { startBalancer } from './balancer.ts';
import { type LoadReport, startLoad } from './load.ts';
import { watchReplicas } from './watch-replicas.ts';

// Runs as a process of its own, since containers are reached from inside the engine's network namespace.
// It ends when its input does: by the test's stop, or because the test's process is gone.

export interface TrafficSettings {
  readonly host: string;
  readonly project: string;
  readonly service: string;
  readonly port: number;
  readonly path: string;
  readonly perSecond: number;
  readonly readyWithinMs: number;
}

export interface TrafficReport extends LoadReport {
  /** Fewest ready replicas at any look. */
  readonly minimumReady: number;
  /** Longest time between two looks, in ms: a dip shorter than that can have been missed. */
  readonly longestGapMs: number;
}

async function run(settings: TrafficSettings): Promise<void> {
  const ended = new Promise((resolve) => process.stdin.once('end', resolve).once('close', resolve).resume());
  const watch = await watchReplicas(settings, AbortSignal.timeout(settings.readyWithinMs));
  const balancer = await startBalancer(settings.port, () => watch.next());
  const load = startLoad({ port: balancer.port, path: settings.path, perSecond: settings.perSecond });
  process.stdout.write('ready\n');
  await ended;
  const report = await load.stop();
  await watch.stop();
  balancer.stop();
  const whole: TrafficReport = { ...report, minimumReady: watch.minimumReady(), longestGapMs: watch.longestGapMs() };
  process.stdout.write(`${JSON.stringify(whole)}\n`);
}

// nobody reads any more when the test's process is gone
process.stdout.on('error', () => process.exit(1));
await run(JSON.parse(process.argv[2] ?? '') as TrafficSettings);
