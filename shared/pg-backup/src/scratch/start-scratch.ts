import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverEnvironment } from '../process/environment.ts';
import type { Identity } from '../process/identity.ts';
import { run } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';
import { readControlData } from './control-data.ts';
import { registerScratch, ScratchFolderError, type ScratchPlace } from './registration.ts';
import { serverArguments } from './server-settings.ts';
import { startServer } from './server-process.ts';
import { waitUntilReady, type Ready } from './wait-ready.ts';

/** A restored data folder. `fill` writes it to `place.data`, owned by `place.identity`; what it throws ends the start. */
export interface RestoredData {
  readonly kind: 'base' | 'pgbackrest';
  readonly fill: (place: ScratchPlace, signal: AbortSignal) => Promise<void>;
  /** First superuser of the source (oid 10); `postgres` by default. */
  readonly superuser?: string;
}

export interface ScratchOptions {
  /** Of the source's major. */
  readonly tools: Tools;
  /** Parent of the scratch folders. */
  readonly folder: string;
  /** Of `scratchIdentity`; undefined: our own account. */
  readonly identity: Identity | undefined;
  /** Left out: a new, empty cluster. */
  readonly restored?: RestoredData;
  /** First superuser of an empty cluster; that of the source, whose grants name it (16 and later take no other). */
  readonly superuser?: string | undefined;
  readonly preload?: readonly string[];
  /** An empty network, where root can give one; true by default. False for an archive that lies elsewhere. */
  readonly isolate?: boolean;
  /** Told before each step, so that the caller can time them. */
  readonly onStep?: (step: 'fill' | 'start' | 'ready') => void;
  readonly signal: AbortSignal;
}

/** A running server that nobody else can reach. */
export interface Scratch extends Ready {
  readonly folder: string;
  readonly major: number;
  readonly identity: Identity | undefined;
  readonly superuser: string;
  readonly socket: string;
  readonly isolated: boolean;
  /** Decimal; of the restored cluster. */
  readonly systemIdentifier: string;
  url(database?: string): string;
  /** The end of the server's log. */
  log(): Promise<string>;
  /** Ends the server at once and removes its folder. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a disposable server: private socket, no network, archive, slots, subscriptions or jobs. It is registered and watched
 * over before anything is written, so that nothing stays when this process dies. An abort during the start removes it.
 * @throws MissingToolError, ScratchFolderError, or ScratchStartError with the end of the server's log
 */
export async function startScratch(options: ScratchOptions): Promise<Scratch> {
  const postgres = needTool(options.tools, 'postgres').path;
  options.signal.throwIfAborted();
  const place = await registerScratch(options.folder, options.identity);
  try {
    return await start(postgres, place, options);
  } catch (error) {
    await place.reaper.reap();
    options.signal.throwIfAborted();
    throw error;
  }
}

async function start(postgres: string, place: ScratchPlace, options: ScratchOptions): Promise<Scratch> {
  const { tools, restored, signal, onStep } = options;
  await checkReach(place, signal);
  const superuser =
    restored === undefined ? (options.superuser ?? 'cinecom_scratch') : (restored.superuser ?? 'postgres');
  onStep?.('fill');
  if (restored === undefined) await initialise(tools, place, superuser, signal);
  else await restored.fill(place, signal);
  await access(join(place.data, 'PG_VERSION'));
  const control = await readControlData(tools, place.data, signal);
  await configure(place);
  onStep?.('start');
  const argv = serverArguments({
    kind: restored?.kind ?? 'initdb',
    socket: place.socket,
    folder: place.folder,
    preload: options.preload ?? [],
    control: control.settings,
  });
  const server = await startServer(postgres, argv, place, { isolate: options.isolate ?? true, signal });
  const url = (database = 'postgres'): string => addressOf(place.socket, superuser, database);
  const ready = await waitUntilReady(server, place.data, url(), signal);
  onStep?.('ready');
  return {
    ...ready,
    folder: place.folder,
    socket: place.socket,
    identity: place.identity,
    superuser,
    url,
    major: tools.major,
    isolated: server.isolated,
    systemIdentifier: control.systemIdentifier,
    log: server.log,
    stop: () => place.reaper.reap(),
  };
}

function addressOf(socket: string, user: string, database: string): string {
  const parameters = [`host=${encodeURIComponent(socket)}`, 'port=5432', `user=${encodeURIComponent(user)}`];
  return `postgresql:///${encodeURIComponent(database)}?${parameters.join('&')}`;
}

async function checkReach({ folder, identity }: ScratchPlace, signal: AbortSignal): Promise<void> {
  if (identity === undefined) return;
  const end = await run({ program: 'test', argv: ['-w', folder], env: serverEnvironment(), identity, signal });
  if (end.outcome === 'failed') {
    throw new ScratchFolderError(`the account ${identity.uid} cannot write to ${folder}`);
  }
}

async function initialise(tools: Tools, place: ScratchPlace, superuser: string, signal: AbortSignal): Promise<void> {
  const end = await run({
    program: needTool(tools, 'initdb').path,
    argv: ['-D', place.data, '-U', superuser, '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'],
    env: serverEnvironment(),
    identity: place.identity,
    signal,
  });
  if (end.outcome !== 'ok') throw new Error(`initdb failed: ${end.why}`);
}

/** Files of our own, so that those of the source are not read; the socket's folder is open to one account only. */
async function configure({ folder }: ScratchPlace): Promise<void> {
  await writeFile(join(folder, 'postgresql.conf'), '', { mode: 0o644 });
  await writeFile(join(folder, 'pg_hba.conf'), 'local all all trust\n', { mode: 0o644 });
  await writeFile(join(folder, 'pg_ident.conf'), '', { mode: 0o644 });
}
