import type { Transport } from '@modelcontextprotocol/server';
import type { Runtime } from '../../call/runtime.ts';
import type { Principal } from '../../gate/types.ts';
import { isOurs } from '../wire.ts';

/** One request at /mcp. */
export interface Exchange {
  readonly principal: Principal;
  readonly address: string;
  /** Something of it is in the audit log already. */
  recorded: boolean;
}

/** Records what the SDK answers with an error by itself, before that leaves. */
export function watchErrors(transport: Transport, runtime: Pick<Runtime, 'note'>, exchange: Exchange): void {
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    if ('error' in message && !isOurs(message.error.data)) {
      await noteRejected(runtime, exchange, `answered with JSON-RPC error ${message.error.code}`);
    }
    return send(message, options);
  };
}

export async function noteRejected(runtime: Pick<Runtime, 'note'>, exchange: Exchange, why: string): Promise<void> {
  if (exchange.recorded) return;
  exchange.recorded = true;
  const { id: sub, ceiling: role, auth } = exchange.principal;
  await runtime.note({
    type: 'rejected',
    actor: { sub, role, ...(auth === undefined ? {} : { auth }) },
    origin: { transport: 'http', ip: exchange.address },
    detail: { why },
  });
}
