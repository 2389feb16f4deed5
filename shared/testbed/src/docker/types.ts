import type { ServerProcess } from '../host/server-process.ts';

/** The first is what a test gets that asks for none. */
export const dockerEngines = ['20.10', '26', '28'] as const;
export type DockerEngine = (typeof dockerEngines)[number];

export const composeVersions = ['2.40', '2.26'] as const;
export type ComposeVersion = (typeof composeVersions)[number];

export interface DockerOptions {
  /** Default: `TESTBED_DOCKER_ENGINE`, else 20.10. */
  readonly engine?: DockerEngine;
  /** Default: `TESTBED_DOCKER_COMPOSE`, else 2.40. */
  readonly compose?: ComposeVersion;
  /** The test ends, restarts or holds it, or sends traffic: it takes one of its own, whatever `TESTBED_DOCKER_HOST` says. */
  readonly control?: boolean;
}

/** An engine; one that the test bed did not start refuses `up`, `down`, `pause` and `resume`. */
export interface DockerServer extends ServerProcess {
  /** As `DOCKER_HOST` takes it: `unix:///…/docker.sock`. */
  readonly host: string;
  /** Path of its unix socket; empty for an engine at TCP. */
  readonly socket: string;
  readonly engine: DockerEngine;
  /** The Compose plugin's binary, which also runs by itself. */
  readonly composeProgram: string;
  /** Environment that the Compose binary needs to find this engine and nothing of the person who runs the tests. */
  readonly environment: NodeJS.ProcessEnv;
  /** Removed at the end; projects lie in it. */
  readonly folder: string;
  /**
   * Process whose namespaces the engine lives in: ports are published in its network. It changes at each `up`;
   * undefined for an engine that the test bed did not start.
   */
  readonly namespacePid: () => number | undefined;
  /** What its API answers, as JSON where it is JSON; rejects at 400 and more. */
  ask(path: string, method?: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<unknown>;
  /** Imports the busybox image under a reference like `cinema/base:1`. @returns its id */
  importBase(reference: string): Promise<string>;
  /** Ends it with all its containers and removes its folder. */
  stop(): Promise<void>;
}
