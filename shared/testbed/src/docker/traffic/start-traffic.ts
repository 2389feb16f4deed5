import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DockerServer } from '../types.ts';
import type { TrafficReport, TrafficSettings } from './traffic-process.ts';

export interface TrafficOptions {
  readonly project: string;
  readonly service: string;
  /** Of the containers; it need not be published. Default 8080. */
  readonly port?: number;
  /** Default `/`. */
  readonly path?: string;
  /** Default 100. */
  readonly perSecond?: number;
}

export interface Traffic {
  /** Sends nothing more, waits for the answers that are due, and tells how it went since the start. */
  stop(): Promise<TrafficReport>;
}

// Built, whichever of source and build this file is: it runs without a loader.
const program = fileURLToPath(new URL('../../../dist/docker/traffic/traffic-process.js', import.meta.url));
const readyWithinMs = 30_000;

/**
 * Constant load on a service through a balancer that sends requests only to healthy replicas, or to running ones where
 * the service has no health check, from within the engine's network. Resolves once a replica is ready and load has begun.
 */
export async function startTraffic(
  server: Pick<DockerServer, 'host' | 'namespacePid'>,
  { project, service, port = 8080, path = '/', perSecond = 100 }: TrafficOptions,
): Promise<Traffic> {
  const settings: TrafficSettings = { host: server.host, project, service, port, path, perSecond, readyWithinMs };
  const inside = server.namespacePid();
  const argv = [process.execPath, program, JSON.stringify(settings)];
  const whole = inside === undefined ? argv : ['nsenter', `--net=/proc/${inside}/ns/net`, ...argv];
  const child = spawn(whole[0] ?? '', whole.slice(1), { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  child.stdin.on('error', () => child.stdin.destroy());
  const ended = once(child, 'close');
  const began = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      resolve();
    });
  });
  await Promise.race([began, ended]);
  if (!output.startsWith('ready\n')) throw new Error(`no traffic on ${service}: ${errors.slice(-2000)}`);
  return {
    async stop() {
      child.stdin.end();
      await ended;
      const report = output.split('\n')[1];
      if (!report) throw new Error(`the traffic on ${service} broke off: ${errors.slice(-2000)}`);
      return JSON.parse(report) as TrafficReport;
    },
  };
}
