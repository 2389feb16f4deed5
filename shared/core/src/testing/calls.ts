import type { Client } from '@modelcontextprotocol/client';
import { errorOf, textOf } from './client.ts';

export type Arguments = Readonly<Record<string, unknown>>;
export type CallResult = Awaited<ReturnType<Client['callTool']>>;

/** Ways to call a tool in a test. */
export interface Calls {
  readonly call: (tool: string, args?: Arguments, options?: { readonly signal?: AbortSignal }) => Promise<CallResult>;
  /** Text of a successful answer. @throws Error with the text of a failed one */
  readonly ask: (tool: string, args?: Arguments) => Promise<string>;
  /** Code and text of an answer that must fail. */
  readonly refusal: (tool: string, args?: Arguments) => Promise<{ readonly code: string; readonly text: string }>;
  /** The answer as data. @throws Error with the text of a failed one */
  readonly data: <Data = Record<string, never>>(tool: string, args?: Arguments) => Promise<Data>;
}

const timeoutMs = 50_000;

export function callsOf(client: Client): Calls {
  const call: Calls['call'] = async (name, args = {}, more = {}) =>
    client.callTool({ name, arguments: { ...args } }, { ...more, timeout: timeoutMs });
  return {
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
    async data<Data>(name: string, args: Arguments = {}) {
      const structured = { 'cinecom/results': 'structured' };
      const answer = await client.callTool({ name, arguments: { ...args }, _meta: structured }, { timeout: timeoutMs });
      if (answer.isError === true) throw new Error(textOf(answer));
      return answer.structuredContent as Data;
    },
  };
}
