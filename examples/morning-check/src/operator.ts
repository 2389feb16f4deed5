import { fileURLToPath } from 'node:url';
import { codeOf, spawnServer, textOf } from '@cinecom/mcp-core/testing';

export const binary: string = fileURLToPath(import.meta.resolve('@cinecom/mcp-postgres-admin/cli'));

/** A client as an operator's AI would be one: it asks tools of the built server over stdio. */
export interface Operator extends AsyncDisposable {
  ask(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
  /** Calls a changing tool: the plan as shown, and the code that confirms it. */
  plan(
    tool: string,
    args: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly text: string; readonly code: string }>;
}

export async function openOperator(env: Readonly<Record<string, string>>): Promise<Operator> {
  const server = await spawnServer({
    command: process.execPath,
    args: [binary, '--allow', 'destructive', '--environment', 'demo'],
    env,
    era: 'modern',
  });
  const call = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const answer = await server.client.callTool({ name, arguments: { ...args } });
    if (answer.isError === true) throw new Error(`${name} failed: ${textOf(answer)}\n${server.stderr()}`);
    return answer;
  };
  return {
    ask: async (tool, args) => textOf(await call(tool, args)),
    async plan(tool, args) {
      const answer = await call(tool, args);
      return { text: textOf(answer), code: codeOf(answer) };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
