import { randomBytes } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/client';
import type { Closable } from '../../define/server.ts';
import type { Risk } from '../../define/tool.ts';
import type { ElicitHandler } from '../client.ts';
import { connect, type Connected } from '../connect.ts';
import { tempState } from '../temp-state.ts';
import type { Attack } from './types.ts';

export interface Opened {
  readonly connected: Connected;
  /** Below it lie audit log and state. */
  readonly folder: string;
  /** Planted in every secret setting of the server. */
  readonly planted: string;
  readonly call: (
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly signal?: AbortSignal; readonly structured?: boolean },
  ) => Promise<CallToolResult>;
}

export interface OpenOverrides {
  /** Flags after the defaults: later ones win. */
  readonly argv?: readonly string[];
  readonly allow?: Risk;
  /** Replaces the example backend, or wraps it. */
  readonly backend?: (real: Closable, planted: string) => Closable | Promise<Closable>;
  /** Connecting fails with this. */
  readonly refuse?: (planted: string) => Error;
  readonly elicit?: ElicitHandler;
}

/** One client on one fresh pipeline with its own state folder; everything is closed and removed afterwards. */
export async function opened(
  attack: Attack,
  overrides: OpenOverrides,
  use: (open: Opened) => Promise<void>,
): Promise<void> {
  await using state = await tempState();
  // 32 bytes in hex: also a raw key where a setting wants one, so that no key has to be stretched.
  const planted = randomBytes(32).toString('hex');
  const { server, options, tool } = attack;
  const secrets = Object.fromEntries(Object.entries(options.secrets).map(([name, form]) => [name, form(planted)]));
  const connectBackend = async (): Promise<Closable> => {
    if (overrides.refuse) throw overrides.refuse(planted);
    const real = await options.connect();
    return overrides.backend ? overrides.backend(real, planted) : real;
  };
  await using connected = await connect(
    { ...server, connect: connectBackend },
    {
      argv: ['--rate', '0', '--allow', overrides.allow ?? 'destructive', ...(overrides.argv ?? [])],
      env: { ...options.env, MCP_AUTH_TOKEN: planted, ...secrets, ...state.env },
      era: attack.era,
      door: attack.door,
      ...(overrides.elicit ? { elicit: overrides.elicit } : {}),
    },
  );
  await use({
    connected,
    folder: state.dir,
    planted,
    call: (args = tool.input, { signal, structured } = {}) =>
      connected.client.callTool(
        {
          name: tool.name,
          arguments: args,
          ...(structured === true ? { _meta: { 'cinecom/results': 'structured' } } : {}),
        },
        signal ? { signal } : undefined,
      ),
  });
}
