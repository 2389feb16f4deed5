import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dsnOf } from './answers/key.ts';
import { createClock } from './clock.ts';
import { createFaults } from './faults.ts';
import { allScopes, featuresOf } from './features.ts';
import { createListener, type ListenerSettings } from './listener.ts';
import { openOracle } from './oracle/oracle.ts';
import type { SentryDouble, SentryOptions } from './types.ts';
import { createState } from './world/state.ts';
import { createWorld } from './world/world.ts';

const token = 'sntryu_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

type Change = (body: unknown, path: string) => unknown;

/** What the listener is given; `address` and `change` are set later. */
function createSettings(options: SentryOptions, violations: string[]) {
  const clock = createClock(options.now);
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const live: { origin: string; port: number; change: Change | undefined } = { origin: '', port: 0, change: undefined };
  const settings: ListenerSettings = {
    state: createState(clock),
    clock,
    basePath,
    token,
    features: featuresOf(options),
    isSaas: options.mode !== 'self-hosted',
    scopes: options.scopes ?? allScopes,
    faults: createFaults(),
    requests: [],
    envelopes: [],
    baseUrl: () => `${live.origin}${basePath}`,
    hosts: () => [`127.0.0.1:${live.port}`, `localhost:${live.port}`, ...(options.hosts ?? [])],
    change: (body, path) => (live.change ? live.change(structuredClone(body), path) : body),
    report: (violation) => void violations.push(violation),
  };
  return { settings, live };
}

/**
 * A Sentry server that lives in this process, answers as the real one does, and judges all it is asked.
 * It listens on 127.0.0.1 at a free port.
 */
export async function startSentry(options: SentryOptions = {}): Promise<SentryDouble> {
  const violations: string[] = [];
  const { settings, live } = createSettings(options, violations);
  const listener = createListener(settings);
  const server = options.tls ? createHttpsServer({ ...options.tls }, listener) : createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  live.port = (server.address() as AddressInfo).port;
  live.origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${live.port}`;
  const { state, clock, requests, envelopes, faults } = settings;
  return {
    url: settings.baseUrl(),
    port: live.port,
    token,
    world: createWorld(state),
    requests,
    envelopes,
    violations,
    validates: openOracle() !== undefined,
    clock,
    fail: (fault) => faults.add(fault),
    mutate: (change) => {
      live.change = change;
    },
    dsn: (project, publicKey) => {
      const isWanted = (name: string): boolean => publicKey === undefined || name === publicKey;
      const key = state.keys.find((each) => each.project.slug === project && isWanted(each.publicKey));
      if (!key) throw new Error(`the double has no such key of project ${project}`);
      return dsnOf(settings.baseUrl(), key);
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
