import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../host/folders.ts';
import { type ComposeVersion, composeVersions, type DockerEngine, dockerEngines, type DockerOptions } from './types.ts';

/** Debian's `busybox-static`: every image of the test bed holds it and nothing else. */
export const busybox = '/bin/busybox';

const unshare = '/usr/bin/unshare';

/** Where `.ci/backends` unpacks engines and Compose binaries. */
function dockerFolder(): string {
  return process.env.TESTBED_DOCKER_DIR || join(cacheFolder(), 'docker');
}

/** Folders to look for an engine's programs in, in order; 20.10 is the system's own. */
export function enginePath(engine: DockerEngine): readonly string[] {
  const system = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  if (engine === '20.10') return system;
  const root = join(dockerFolder(), engine);
  return [join(root, 'usr', 'bin'), join(root, 'usr', 'sbin'), ...system];
}

/** The Compose plugin's binary of a version. */
export function composeProgram(compose: ComposeVersion): string {
  return join(dockerFolder(), `compose-${compose}`);
}

/** Address of an engine to use instead of starting one, unless the test needs control of it. */
export function existingHost(control = false): string | undefined {
  return (!control && process.env.TESTBED_DOCKER_HOST) || undefined;
}

/** Versions that a test gets: those it asks for, else those of the environment, so that a whole ring can be run on another pair. */
export function pairOf({ engine, compose }: DockerOptions): Required<Pick<DockerOptions, 'engine' | 'compose'>> {
  return {
    engine: engine ?? named('TESTBED_DOCKER_ENGINE', dockerEngines),
    compose: compose ?? named('TESTBED_DOCKER_COMPOSE', composeVersions),
  };
}

/** @returns the first of those that there are where the variable is not set */
function named<Version extends string>(variable: string, known: readonly [Version, ...Version[]]): Version {
  const text = process.env[variable] ?? '';
  const found = known.find((one) => one === text);
  if (found === undefined && text !== '') throw new Error(`${variable} is none of ${known.join(', ')}`);
  return found ?? known[0];
}

/** Why `startDocker` would find nothing to start; `undefined` when it would. */
export function missingDocker(options: DockerOptions = {}): string | undefined {
  const { engine, compose } = pairOf(options);
  if (!existsSync(composeProgram(compose))) return `no Compose ${compose} here; .ci/backends brings one`;
  if (!existsSync(busybox)) return `no ${busybox} here to build images from; install the package busybox-static`;
  if (existingHost(options.control) !== undefined) return undefined;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'an engine of our own needs root on Linux';
  if (!existsSync(unshare)) return 'no unshare here to keep an engine apart with; install the package util-linux';
  return engine === '20.10' ? missingSystemEngine() : missingUnpackedEngine(engine);
}

function missingSystemEngine(): string | undefined {
  const program = '/usr/sbin/dockerd';
  if (!existsSync(program)) return 'no Docker engine here; install the package docker.io';
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' });
  if (version.includes('version 20.10.')) return undefined;
  return `the system's engine is not 20.10: ${version.trim()}`;
}

function missingUnpackedEngine(engine: DockerEngine): string | undefined {
  if (existsSync(join(dockerFolder(), engine, 'usr', 'sbin', 'dockerd'))) return undefined;
  return `no Docker engine ${engine} here; .ci/backends brings one`;
}
