import type { ElicitHandler, Era } from './client.ts';
import { errorOf, textOf } from './client.ts';
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

export type CallResult = Awaited<ReturnType<SpawnedServer['client']['callTool']>>;
export type Arguments = Readonly<Record<string, unknown>>;

/** A built server in its own process, under a client of one era. */
export interface BuiltClient extends AsyncDisposable {
  readonly server: SpawnedServer;
  readonly state: TempState;
  readonly call: (tool: string, args?: Arguments, options?: { readonly signal?: AbortSignal }) => Promise<CallResult>;
  /** Text of a successful answer. @throws Error with the text of a failed one */
  readonly ask: (tool: string, args?: Arguments) => Promise<string>;
  /** Code and text of an answer that must fail. */
  readonly refusal: (tool: string, args?: Arguments) => Promise<{ readonly code: string; readonly text: string }>;
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
  const call: BuiltClient['call'] = async (name, args = {}, more = {}) =>
    server.client.callTool({ name, arguments: { ...args } }, { ...more, timeout: 50_000 });
  return {
    server,
    state,
    call,
    async ask(tool, args) {
      const answer = await call(tool, args);
      if (answer.isError === true) throw new Error(textOf(answer));
      return textOf(answer);
    },
    async refusal(tool, args) {
      const answer = await call(tool, args);
      return { code: errorOf(answer)?.code ?? 'none', text: textOf(answer) };
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      if (options.state === undefined) await state.remove();
    },
  };
}
