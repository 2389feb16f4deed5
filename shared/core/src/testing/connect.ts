import type { Client } from '@modelcontextprotocol/client';
import type { Providers } from '../call/parts.ts';
import { createProviders } from '../call/providers.ts';
import { createRuntime, type Runtime } from '../call/runtime.ts';
import { type Clock, systemClock } from '../define/call.ts';
import type { Server } from '../define/server.ts';
import type { Observer } from '../monitor/observer.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import { loadSettings } from '../settings/load.ts';
import { mergeSettings } from '../settings/merge.ts';
import { connectClient, type ElicitHandler, type Era } from './client.ts';
import { type Door, openDoor } from './door.ts';

export interface ConnectOptions {
  readonly era: Era;
  /** Default `memory`. */
  readonly door?: Door;
  /** Flags, as on the command line. */
  readonly argv?: readonly string[];
  /** The whole environment the server sees; give it `CINECOM_STATE_DIR` of a `tempState`. */
  readonly env: Readonly<Record<string, string>>;
  readonly elicit?: ElicitHandler;
  readonly clock?: Clock;
  /** Who hears what the server does. */
  readonly observers?: (core: CoreSettings, runtime: () => Runtime) => Promise<readonly Observer[]>;
  /** What kind of process the server takes this for; without it nothing goes on beside its calls. */
  readonly stays?: 'server' | 'daemon';
  /** Replaces single parts: an audit log that fails, a redactor that throws. */
  readonly replace?: (real: Providers) => Partial<Providers>;
}

export interface Connected extends AsyncDisposable {
  readonly client: Client;
  readonly runtime: Runtime;
  /** Log lines so far, as stderr would show them. */
  stderr(): string;
  /** Closes the client and ends the audit log. */
  close(): Promise<void>;
}

/** A client of one era on a server in this process: settings, full pipeline, audit log on disk; only the client is not another process. */
export async function connect(server: Server, options: ConnectOptions): Promise<Connected> {
  const { env, clock = systemClock } = options;
  const loaded = await loadSettings(mergeSettings(server.settings), {
    argv: options.argv ?? [],
    env,
    cwd: process.cwd(),
    server: server.name,
  });
  const lines: string[] = [];
  const real = createProviders({
    server,
    loaded,
    env,
    clock,
    listing: () => runtime.listing(),
    fault: (error) => runtime.log('error', `operation: ${String(error)}`),
  });
  const runtime: Runtime = createRuntime(server, loaded, {
    clock,
    providers: { ...real, ...options.replace?.(real) },
    writeLog: (line) => lines.push(line),
    session: undefined,
    ...(options.stays === undefined ? {} : { stays: options.stays }),
    observers: (await options.observers?.(loaded.values, () => runtime)) ?? [],
  });
  const door = await openDoor(options.door ?? 'memory', runtime, env);
  const client = await connectClient(door.transport, options);
  const close = async () => {
    await client.close();
    await door.close();
    await runtime.close('closed');
  };
  return { client, runtime, stderr: () => lines.join(''), close, [Symbol.asyncDispose]: close };
}
