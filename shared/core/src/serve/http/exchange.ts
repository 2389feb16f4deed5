import type { Transport } from '@modelcontextprotocol/server';
import type { Runtime } from '../../call/runtime.ts';
import type { Principal } from '../../gate/types.ts';
import { isOurs } from '../wire.ts';

/** One request at /mcp. */
export interface Exchange {
  readonly principal: Principal;
  readonly address: string;
  /** Its record as rejected, begun when something of it was refused. */
  recorded?: Promise<void>;
  /** Its response has begun. */
  answered?: true;
}

/**
 * Records what the SDK answers with an error by itself, before that leaves. Until the response has begun the error is
 * passed on at once, as only then the SDK gives it its HTTP status; whoever begins the response waits for the record.
 */
export function watchErrors(transport: Transport, runtime: Pick<Runtime, 'note'>, exchange: Exchange): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    if (!('error' in message) || isOurs(message.error.data)) return send(message, options);
    const recorded = noteRejected(runtime, exchange, `answered with JSON-RPC error ${message.error.code}`);
    return exchange.answered ? recorded.then(() => send(message, options)) : send(message, options);
  };
}

/** Once an exchange. */
export function noteRejected(runtime: Pick<Runtime, 'note'>, exchange: Exchange, why: string): Promise<void> {
  const { id: sub, ceiling: role, auth } = exchange.principal;
  exchange.recorded ??= runtime.note({
    type: 'rejected',
    actor: { sub, role, ...(auth === undefined ? {} : { auth }) },
    origin: { transport: 'http', ip: exchange.address },
    detail: { why },
  });
  return exchange.recorded;
}
