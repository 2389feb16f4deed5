import { BlockList, isIP } from 'node:net';

/** IP addresses and ranges, of both families. */
export interface AddressList {
  has(address: string): boolean;
}

/**
 * Addresses and CIDR ranges: `10.0.0.0/8`, `192.0.2.7`, `fd00::/8`.
 *
 * @returns `wrong`: entries that are neither
 */
export function parseAddresses(entries: readonly string[]): {
  readonly list: AddressList;
  readonly wrong: readonly string[];
} {
  const known = new BlockList();
  const wrong = entries.filter((entry) => !addTo(known, entry));
  return {
    list: {
      has(address) {
        const family = isIP(address);
        return family !== 0 && known.check(address, family === 6 ? 'ipv6' : 'ipv4');
      },
    },
    wrong,
  };
}

function addTo(known: BlockList, entry: string): boolean {
  const [address = '', length, ...rest] = entry.trim().split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (length === undefined) {
    known.addAddress(address, type);
    return true;
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > (family === 6 ? 128 : 32)) return false;
  known.addSubnet(address, Number(length), type);
  return true;
}
