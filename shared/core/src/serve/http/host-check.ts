import { isLoopback, plainAddress } from '../../settings/loopback.ts';

const written = /^(?:[a-z\d_.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The name in a `Host` header or setting, without port, in lower case; undefined when it is no host. */
export function hostNameOf(host: string): string | undefined {
  if (!written.test(host)) return undefined;
  try {
    return new URL(`http://${host}`).hostname.replace(/\.$/, '');
  } catch {
    // A port above 65535, or an address that only looks like one.
    return undefined;
  }
}

/**
 * Whether a `Host` header names this server: a page that points its own name at this machine (DNS rebinding) sends its
 * own name. The address the connection came in on is fine: no page can be served under it but by this machine.
 *
 * @param local address of this end of the connection
 * @param allowed names as `hostNameOf` gives them
 */
export function isOwnHost(host: string | undefined, local: string, allowed: ReadonlySet<string>): boolean {
  const name = host === undefined ? undefined : hostNameOf(host);
  if (name === undefined) return false;
  if (allowed.has(name)) return true;
  const own = plainAddress(local);
  if (name === hostNameOf(own.includes(':') ? `[${own}]` : own)) return true;
  return isLoopback(own) && loopbackNames.has(name);
}
