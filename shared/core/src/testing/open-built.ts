import { type Calls, callsOf } from './calls.ts';
import type { ElicitHandler, Era } from './client.ts';
import { type SpawnedServer, spawnServer } from './spawn-server.ts';
import { type TempState, tempState } from './temp-state.ts';

export interface BuiltOptions {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly era?: Era;
  readonly elicit?: ElicitHandler;
  /** Shared with other servers, and removed by who made it; an own one by default. */
  readonly state?: TempState;
}

/** A built server in its own process, under a client of one era. */
export interface BuiltClient extends AsyncDisposable, Calls {
  readonly server: SpawnedServer;
  readonly state: TempState;
}

/** Starts what is published, without rate limits, with nothing but the given environment. @param binary path of `dist/cli.js` */
export async function openBuilt(binary: string, options: BuiltOptions = {}): Promise<BuiltClient> {
  const state = options.state ?? (await tempState());
  const server = await spawnServer({
    command: process.execPath,
    args: [binary, '--rate', '0', ...(options.argv ?? [])],
    env: { ...state.env, ...options.env },
    era: options.era ?? 'modern',
    ...(options.elicit ? { elicit: options.elicit } : {}),
  });
  return {
    server,
    state,
    ...callsOf(server.client),
    async [Symbol.asyncDispose]() {
      await server.close();
      if (options.state === undefined) await state.remove();
    },
  };
}
