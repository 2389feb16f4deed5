import { type Connected, connect, errorOf, type Era, tempState, textOf } from '@cinecom/mcp-core/testing';
import { server } from '../../src/server.ts';

type Arguments = Readonly<Record<string, unknown>>;

export interface PrometheusClient extends AsyncDisposable {
  readonly connected: Connected;
  /** Text of a successful answer. @throws Error with the text of a failed one */
  readonly ask: (tool: string, args?: Arguments) => Promise<string>;
  /** Code and text of an answer that must fail. */
  readonly refusal: (tool: string, args?: Arguments) => Promise<{ code: string; text: string }>;
  /** The answer as data. */
  readonly data: <Data = Record<string, never>>(tool: string, args?: Arguments) => Promise<Data>;
}

/** This server over a real Prometheus through a real client, everything but the pipe as in production. */
export async function openClient(
  url: string,
  options: { readonly argv?: readonly string[]; readonly era?: Era } = {},
): Promise<PrometheusClient> {
  const state = await tempState();
  const connected = await connect(server, {
    era: options.era ?? 'modern',
    argv: ['--rate', '0', ...(options.argv ?? [])],
    env: { PROMETHEUS_URL: url, ...state.env },
  });
  const call = async (name: string, args: Arguments = {}, structured = false) =>
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
    async data<Data>(tool: string, args?: Arguments) {
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
