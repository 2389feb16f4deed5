import { type Connected, connect, errorOf, type Era, tempState, textOf } from '@cinecom/mcp-core/testing';
import { server } from '../../src/server.ts';

export interface PostgresClient extends AsyncDisposable {
  readonly connected: Connected;
  /** Text of a successful answer. @throws Error with the text of a failed one */
  readonly ask: (tool: string, args?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Code and text of an answer that must fail. */
  readonly refusal: (tool: string, args?: Readonly<Record<string, unknown>>) => Promise<{ code: string; text: string }>;
  /** The answer as data. */
  readonly data: <Data = Record<string, never>>(
    tool: string,
    args?: Readonly<Record<string, unknown>>,
  ) => Promise<Data>;
}

/** This server on a real database through a real client, everything but the pipe as in production. */
export async function openClient(
  url: string,
  options: {
    readonly argv?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly era?: Era;
  } = {},
): Promise<PostgresClient> {
  const state = await tempState();
  const connected = await connect(server, {
    era: options.era ?? 'modern',
    argv: ['--rate', '0', ...(options.argv ?? [])],
    env: { DATABASE_URL: url, ...state.env, ...options.env },
  });
  const call = async (name: string, args: Readonly<Record<string, unknown>> = {}, structured = false) =>
    connected.client.callTool({
      name,
      arguments: { ...args },
      ...(structured ? { _meta: { 'cinecom/results': 'structured' } } : {}),
    });
  return {
    connected,
    async ask(tool, args) {
      const answer = await call(tool, args);
      if (answer.isError === true) throw new Error(textOf(answer));
      return textOf(answer);
    },
    async refusal(tool, args) {
      const answer = await call(tool, args);
      return { code: errorOf(answer)?.code ?? 'none', text: textOf(answer) };
    },
    async data<Data>(tool: string, args?: Readonly<Record<string, unknown>>) {
      const answer = await call(tool, args, true);
      if (answer.isError === true) throw new Error(textOf(answer));
      return answer.structuredContent as Data;
    },
    async [Symbol.asyncDispose]() {
      await connected.close();
      await state.remove();
    },
  };
}
