import type { Server } from '../define/server.ts';
import { type Calls, callsOf } from './calls.ts';
import { connect, type Connected } from './connect.ts';
import type { BuiltOptions } from './open-built.ts';
import { tempState } from './temp-state.ts';

/** A server in this process, under a client of one era. */
export interface ConnectedClient extends AsyncDisposable, Calls {
  readonly connected: Connected;
}

/** A server through a real client, without rate limits: everything but the pipe as in production. */
export async function openConnected(
  server: Server,
  options: Pick<BuiltOptions, 'argv' | 'env' | 'era'> = {},
): Promise<ConnectedClient> {
  const state = await tempState();
  const connected = await connect(server, {
    era: options.era ?? 'modern',
    argv: ['--rate', '0', ...(options.argv ?? [])],
    env: { ...state.env, ...options.env },
  });
  return {
    connected,
    ...callsOf(connected.client),
    async [Symbol.asyncDispose]() {
      await connected.close();
      await state.remove();
    },
  };
}
