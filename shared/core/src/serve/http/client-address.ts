import { isIP } from 'node:net';
import { type AddressList } from './address-list.ts';
import { plainAddress } from '../../settings/loopback.ts';

const mostHops = 20;

/**
 * Whose request it is. `X-Forwarded-For` is read from the right, and only as far as each hop is a trusted proxy:
 * whatever stands further left was written by the client itself.
 *
 * @param forwarded header value, several joined with commas
 * @returns undefined when a trusted proxy names something that is no address
 */
export function clientAddress(remote: string, forwarded: string | undefined, trusted: AddressList): string | undefined {
  const hops = (forwarded ?? '').split(',').slice(-mostHops);
  let client = plainAddress(remote);
  while (trusted.has(client)) {
    const hop = hops.pop()?.trim();
    if (hop === undefined || hop === '') return client;
    client = plainAddress(withoutPort(hop));
    if (isIP(client) === 0) return undefined;
  }
  return client;
}

/** Some proxies write `192.0.2.7:4711` or `[2001:db8::7]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
